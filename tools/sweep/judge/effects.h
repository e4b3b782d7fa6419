#pragma once

// Main effects: how much of the points' differences each parameter explains alone, and the mean and
// spread of the points at each of its values. In simulated sweeps functional ANOVA over a random
// forest named the strongest parameter about as often (effects_simulation_test.cc has the figures).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sweep/judge/groups.h"

namespace r50::sweep::judge {

struct Effect {
  // The points with one value; of a parameter with many different numbers, with a range of them.
  struct Level {
    std::string label;  // "0.4", or "0.1 to 0.4"
    double mean = 0;
    std::optional<double> deviation;  // of its points, from 2 on
  };

  std::string name;
  std::vector<Level> levels;  // in the order of the values
  double share = 0;           // of the points' variance, less what chance explains: 0 to 1
  std::int64_t points = 0;    // that it is estimated from
  bool conditional = false;   // from the points that have it, not from all
};

struct Effects {
  std::vector<Effect> parameters;  // largest share first
  std::string remark;              // why there are none, or why not to rely on them; may be empty
};

// Of the points with a finite mean. A conditional parameter is judged among the points that have
// it. A parameter with too few points, or with as many words as points, is left out.
Effects effects(const std::vector<Group>& groups);

// "0.1: 70.2 ± 0.4, 0.2: 71 ± 0.3": each level's mean and deviation.
std::string levels_text(const Effect& effect);

}  // namespace r50::sweep::judge
