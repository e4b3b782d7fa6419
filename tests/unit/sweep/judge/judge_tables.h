#pragma once

// Made-up sweeps for the verdict's tests.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "r50/random.h"
#include "report/format.h"
#include "sweep/judge/groups.h"

namespace r50::sweep::judge {

inline KeyValue number(std::string name, double value) {
  return {std::move(name), report::exact(value), value};
}
inline KeyValue word(std::string name, std::string text) {
  return {std::move(name), std::move(text), std::nullopt};
}

inline Observation finished(PointValues point, std::int64_t seed, double value,
                            double seconds = 1) {
  return {std::move(point), seed, true, value, seconds};
}

// Points "lr 1", "lr 2", ..., each with these values for seeds 0, 1, ...
inline Observations table_of(const std::vector<std::vector<double>>& points,
                             Better better = Better::higher) {
  Observations table{"top1", better, {}};
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t seed = 0; seed < points[i].size(); ++seed) {
      table.trials.push_back(finished({number("lr", static_cast<double>(i + 1))},
                                      static_cast<std::int64_t>(seed), points[i][seed]));
    }
  }
  return table;
}

struct SimulatedPoint {
  double mean = 0;
  double deviation = 1;  // of what a seed does to this point alone
};

// A seed moves all points alike by a normal number, and each by one of its own.
inline Observations simulated(const std::vector<SimulatedPoint>& points, std::int64_t seeds,
                              std::uint64_t sweep) {
  Random random({.seed = sweep, .stream = Stream::sample_content, .epoch = 0, .sample = 0});
  std::vector<std::vector<double>> values(points.size());
  for (std::int64_t seed = 0; seed < seeds; ++seed) {
    const double common = random.normal();
    for (std::size_t i = 0; i < points.size(); ++i) {
      values[i].push_back(points[i].mean + common + points[i].deviation * random.normal());
    }
  }
  return table_of(values);
}

}  // namespace r50::sweep::judge
