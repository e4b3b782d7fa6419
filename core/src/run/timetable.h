#pragma once

// What a run will do at each step, without doing it.

#include <cstdint>
#include <functional>

#include "r50/progress.h"
#include "run/opened.h"

namespace r50::run {

struct TimetableRow {
  std::int64_t step = 0;
  std::int64_t epoch = 0;
  double lr = 0;  // used in that step
  double momentum = 0;
  int size = 0;  // pixels a side
};

struct Timetable {
  RunLength length;
  std::int64_t batch = 0;
  // False if the scheduler decides by results that only training gives; the rows then are as if
  // nothing were ever observed.
  bool predictable = true;
  std::function<TimetableRow(std::int64_t step)> row;
};

// Opens the data set (its size decides the number of steps), the scheduler and the optimizer.
Timetable timetable(Opened& opened);
Timetable timetable(Opened& opened, const RunFacts& facts);

}  // namespace r50::run
