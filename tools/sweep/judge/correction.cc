#include "sweep/judge/correction.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace r50::sweep::judge {

std::vector<double> corrected_for_choice(const std::vector<double>& p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> corrected(p.size());
  const double largest = p.empty() ? 1 : p[order.back()];
  double so_far = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto left = static_cast<double>(order.size() - i);
    so_far = std::max(so_far, p[order[i]] * left * (left + 1) / 2);
    corrected[order[i]] = std::min(so_far, largest);
  }
  return corrected;
}

}  // namespace r50::sweep::judge
