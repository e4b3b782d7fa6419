#pragma once

#include <cstddef>
#include <vector>

#include "sweep/judge/groups.h"

namespace r50::sweep::judge {

// The points that no other beats in cost without being worse in value, or in value without costing
// more; cheapest first. Points that are equal in both all belong. By means over seeds; points
// without a finite mean or cost never do.
std::vector<std::size_t> pareto_front(const std::vector<Group>& groups, Goal goal);

}  // namespace r50::sweep::judge
