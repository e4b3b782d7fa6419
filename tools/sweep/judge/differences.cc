#include "sweep/judge/differences.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "sweep/judge/statistics.h"

namespace r50::sweep::judge {
namespace {

// The trace of the product of two centring matrices over sets of seeds: what two sums of squares
// have in common.
double shared_freedom(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b) {
  std::vector<std::int64_t> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  const auto n = static_cast<double>(both.size());
  const auto first = static_cast<double>(a.size());
  const auto second = static_cast<double>(b.size());
  return n - n / first - n / second + n * n / (first * second);
}

}  // namespace

Differences differences(const Group& first, const Group& second, Better better) {
  Differences result;
  std::vector<double> values;
  auto other = second.values.begin();
  for (const SeedValue& one : first.values) {
    while (other != second.values.end() && other->seed < one.seed) ++other;
    if (other == second.values.end()) break;
    if (other->seed != one.seed) continue;
    result.seeds.push_back(one.seed);
    values.push_back(better == Better::higher ? one.value - other->value
                                              : other->value - one.value);
  }
  if (values.empty()) return result;
  result.mean = mean(values);
  result.variance = variance(values);
  return result;
}

Noise pooled_noise(const std::vector<Differences>& all) {
  // Most sweeps have one set of seeds; ten thousand points would be fifty million pairs of them.
  std::map<std::vector<std::int64_t>, double> sets;
  double squares = 0;
  double freedom = 0;
  for (const Differences& one : all) {
    const auto own = static_cast<double>(one.seeds.size()) - 1;
    squares += own * one.variance;
    freedom += own;
    sets[one.seeds] += 1;
  }
  if (freedom <= 0) return {};
  // With each point's variance 1, a difference has variance 2 and two of them have covariance 1;
  // the variance of a sum of squares is twice the sum of squared covariances.
  double spread = 0;
  for (const auto& [seeds, count] : sets) {
    spread += 3 * count * (static_cast<double>(seeds.size()) - 1);
    for (const auto& [others, other_count] : sets) {
      spread += count * other_count * shared_freedom(seeds, others);
    }
  }
  return {squares / freedom, 4 * freedom * freedom / spread};
}

}  // namespace r50::sweep::judge
