#pragma once

// How much of what the points differ by is each parameter's doing: functional ANOVA (Hutter et al.,
// ICML 2014) over a random forest.

#include <cstdint>
#include <string>
#include <vector>

#include "sweep/judge/groups.h"

namespace r50::sweep::judge {

struct Effect {
  std::string name;
  double alone = 0;          // share of the variance, 0 to 1, over all values of the others
  double with_others = 0;    // the same with all interactions that it takes part in
  std::int64_t points = 0;   // judged among so many
  bool conditional = false;  // among the points that have it, not all
};

struct Effects {
  std::vector<Effect> parameters;  // largest first
  double explained = 0;  // share of the variance that the forest explains on points it has not seen
  std::string remark;    // why there are none, or why not to believe them; empty: all is well
};

// Of the points with a finite mean. Conditional parameters are judged among the points that have
// them; where these are too few they are left out.
Effects effects(const std::vector<Group>& groups);

}  // namespace r50::sweep::judge
