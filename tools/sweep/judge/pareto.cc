#include "sweep/judge/pareto.h"

#include <algorithm>
#include <cmath>

namespace r50::sweep::judge {

std::vector<std::size_t> pareto_front(const std::vector<Group>& groups, Goal goal) {
  const auto loss = [&](std::size_t i) {
    return goal == Goal::maximize ? -groups[i].mean : groups[i].mean;
  };
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (std::isfinite(groups[i].mean) && std::isfinite(groups[i].seconds)) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (groups[a].seconds != groups[b].seconds) return groups[a].seconds < groups[b].seconds;
    return loss(a) < loss(b);
  });
  std::vector<std::size_t> front;
  for (const std::size_t i : order) {
    const bool equal = !front.empty() && groups[i].seconds == groups[front.back()].seconds &&
                       loss(i) == loss(front.back());
    if (front.empty() || equal || loss(i) < loss(front.back())) front.push_back(i);
  }
  return front;
}

}  // namespace r50::sweep::judge
