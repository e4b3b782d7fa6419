#pragma once

// What the verdict is judged from: a sweep's trials as plain values, and its points, each with the
// trials that differ only in their seed.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace r50::sweep::judge {

struct KeyValue {
  std::string name;  // the experiment's dotted key
  std::string text;  // the value as a reader should see it; equal texts are equal values
  std::optional<double> number;  // where it is one

  friend bool operator==(const KeyValue&, const KeyValue&) = default;
};

// In any order. A conditional parameter that does not apply is left out.
using PointValues = std::vector<KeyValue>;

struct Observation {
  PointValues point;
  std::int64_t seed = 0;  // trials of one point with different seeds are replicates
  bool finished = false;
  double value = 0;    // the metric's, of a finished trial
  double seconds = 0;  // what it cost
};

enum class Better { lower, higher };

struct Observations {
  std::string metric;
  Better better = Better::lower;
  std::vector<Observation> trials;
};

inline const KeyValue* find_setting(const PointValues& point, const std::string& name) {
  for (const KeyValue& setting : point) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

struct SeedValue {
  std::int64_t seed = 0;
  double value = 0;

  friend bool operator==(const SeedValue&, const SeedValue&) = default;
};

struct Group {
  PointValues point;
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
std::vector<Group> groups(const Observations& table);
// Which of these each trial belongs to.
std::vector<std::size_t> group_of_each(const Observations& table);

// Those with a value, the best mean first; those that have diverged last.
std::vector<std::size_t> by_mean(const std::vector<Group>& groups, Better better);

// The points that no other beats in cost without being worse in value, or in value without costing
// more; cheapest first. Points that are equal in both all belong. By means over seeds; points
// without a finite mean or cost never do.
std::vector<std::size_t> pareto_front(const std::vector<Group>& groups, Better better);

}  // namespace r50::sweep::judge
