#pragma once

// A sweep's points, each with the trials that differ in nothing but their seed.

#include <cstdint>
#include <optional>
#include <vector>

#include "sweep/judge/table.h"

namespace r50::sweep::judge {

struct SeedValue {
  std::int64_t seed = 0;
  double value = 0;

  friend bool operator==(const SeedValue&, const SeedValue&) = default;
};

struct Group {
  Point point;
  std::vector<SeedValue> values;  // finished trials alone, by seed; may hold NaN and infinities
  std::int64_t diverged = 0;      // how many of the values are no numbers
  std::int64_t unfinished = 0;    // stopped, failed, running

  // NaN without a value, and if any seed diverged: the mean of the others would flatter the point.
  double mean = 0;
  std::optional<double> deviation;   // from 2 values on
  std::optional<double> half_width;  // of the mean's 95 % interval by Student's t
  double seconds = 0;                // mean cost of a finished trial

  bool judgeable() const { return diverged == 0 && values.size() >= 2; }
};

// In the order of the points' first trials. Of several finished trials of one point and seed, the
// last counts.
std::vector<Group> groups(const Table& table);

}  // namespace r50::sweep::judge
