#include "sweep/search/space.h"

#include <algorithm>

namespace r50::sweep {

bool is_active(const Space& space, std::size_t dimension, const Coordinates& so_far) {
  const auto& condition = space[dimension].condition;
  if (!condition) return true;
  const double chosen = so_far[condition->dimension];  // NaN equals no number
  return std::any_of(condition->choices.begin(), condition->choices.end(),
                     [&](std::size_t choice) { return static_cast<double>(choice) == chosen; });
}

}  // namespace r50::sweep
