#pragma once

// What a run will do at each step, without doing it.

#include <cstdint>
#include <functional>

#include "assemble/opened.h"
#include "r50/progress.h"

namespace r50::probe {

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
Timetable timetable(assemble::Opened& opened);
Timetable timetable(assemble::Opened& opened, const RunFacts& facts);

}  // namespace r50::probe
