#pragma once

// Mann and Whitney's test (1947), with the normal approximation and its correction for ties.

#include <algorithm>
#include <cmath>
#include <vector>

namespace r50::sweep {

// How likely values at least as large as `ours`, against `theirs`, are if there is no difference.
// Small: ours are larger, which is worse for what is minimised.
inline double chance_of_being_no_worse(const std::vector<double>& ours,
                                       const std::vector<double>& theirs) {
  double above = 0;  // pairs in which ours is larger
  for (const double a : ours) {
    for (const double b : theirs) above += a > b ? 1 : a == b ? 0.5 : 0;
  }
  std::vector<double> all = ours;
  all.insert(all.end(), theirs.begin(), theirs.end());
  std::sort(all.begin(), all.end());
  const auto n = static_cast<double>(all.size());
  double ties = 0;
  for (auto from = all.begin(); from != all.end();) {
    const auto to = std::upper_bound(from, all.end(), *from);
    const auto equal = static_cast<double>(to - from);
    ties += equal * equal * equal - equal;
    from = to;
  }
  const double pairs = static_cast<double>(ours.size()) * static_cast<double>(theirs.size());
  const double variance = pairs / 12 * ((n + 1) - ties / (n * (n - 1)));
  if (!(variance > 0)) return 1;  // all alike
  const double z = (above - pairs / 2 - 0.5) / std::sqrt(variance);
  return std::erfc(z / std::sqrt(2)) / 2;
}

}  // namespace r50::sweep
