#include "sweep/judge/verdict.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <map>
#include <numeric>
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

namespace {

bool is_better(double a, double b, Better better) {
  return better == Better::higher ? a > b : a < b;
}

std::optional<std::size_t> best_group(const std::vector<Group>& groups, Better better) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (!groups[i].judgeable()) continue;
    if (!best || is_better(groups[i].mean, groups[*best].mean, better)) best = i;
  }
  return best;
}

Comparison::Reason reason_against(const Group& other, std::size_t common) {
  if (other.values.empty()) return Comparison::Reason::unfinished;
  if (other.diverged > 0) return Comparison::Reason::diverged;
  if (common < 2) return Comparison::Reason::few_common_seeds;
  return Comparison::Reason::none;
}

double p_of(const Comparison& one, double seeds, double freedom) {
  if (one.difference <= 0) return 1;
  return two_sided_p(one.difference * std::sqrt(seeds) / one.deviation, freedom);
}

void correct(std::vector<Comparison*>& judged) {
  std::vector<double> p;
  for (const Comparison* one : judged) p.push_back(one->p);
  const std::vector<double> corrected = corrected_for_choice(p);
  for (std::size_t i = 0; i < judged.size(); ++i) {
    judged[i]->corrected_p = corrected[i];
    judged[i]->outcome = corrected[i] <= false_claims_allowed ? Comparison::Outcome::separable
                                                              : Comparison::Outcome::not_separable;
  }
}

// A rival that was not judged: one that is no better yet, or diverged, stands in no winner's way.
bool may_be_better(const Group& other, const Group& best, Better better) {
  return other.diverged == 0 && !other.values.empty() && !is_better(best.mean, other.mean, better);
}

void judge_by_noise(std::vector<Comparison*>& judged, const Noise& noise) {
  if (noise.variance <= 0) {
    // Every seed gave the same differences, so that there is nothing to judge them by.
    for (Comparison* one : judged) one->reason = Comparison::Reason::no_noise;
    return;
  }
  const double critical = critical_t(false_claims_allowed, noise.freedom);
  for (Comparison* one : judged) {
    const auto n = static_cast<double>(one->seeds);
    one->deviation = std::max(one->own_deviation, std::sqrt(noise.variance));
    one->freedom = noise.freedom;
    one->half_width = critical * one->deviation / std::sqrt(n);
    one->p = p_of(*one, n, noise.freedom);
  }
  correct(judged);
}

bool wins_over(const Comparison& one, const std::vector<Group>& groups, const Group& best,
               Better better) {
  if (one.outcome == Comparison::Outcome::separable) return true;
  return !one.judged() && one.reason != Comparison::Reason::no_noise &&
         !may_be_better(groups[one.other], best, better);
}

}  // namespace

Verdict judge(const std::vector<Group>& groups, Better better) {
  Verdict verdict;
  verdict.best = best_group(groups, better);
  if (!verdict.best) return verdict;
  const Group& best = groups[*verdict.best];
  std::vector<Differences> usable;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i == *verdict.best) continue;
    Differences pairs = differences(best, groups[i], better);
    Comparison one;
    one.other = i;
    one.seeds = static_cast<std::int64_t>(pairs.seeds.size());
    one.reason = reason_against(groups[i], pairs.seeds.size());
    if (one.reason == Comparison::Reason::none || one.seeds == 1) one.difference = pairs.mean;
    if (one.reason == Comparison::Reason::none) {
      one.own_deviation = std::sqrt(pairs.variance);
      usable.push_back(std::move(pairs));
    }
    verdict.against.push_back(one);
  }
  std::vector<Comparison*> judged;
  for (Comparison& one : verdict.against) {
    if (one.reason == Comparison::Reason::none) judged.push_back(&one);
  }
  if (judged.empty()) return verdict;
  verdict.noise = pooled_noise(usable);
  judge_by_noise(judged, verdict.noise);
  verdict.wins = std::ranges::all_of(
      verdict.against, [&](const Comparison& one) { return wins_over(one, groups, best, better); });
  return verdict;
}

std::vector<std::optional<std::int64_t>> seeds_missing(const Verdict& verdict) {
  std::vector<std::optional<std::int64_t>> missing(verdict.against.size());
  std::vector<std::size_t> judged;
  double seeds = 0;
  for (std::size_t i = 0; i < verdict.against.size(); ++i) {
    if (!verdict.against[i].judged()) continue;
    judged.push_back(i);
    seeds += static_cast<double>(verdict.against[i].seeds);
  }
  if (judged.empty()) return missing;
  const double usual = seeds / static_cast<double>(judged.size());
  for (std::int64_t more = 0; more <= most_more_seeds; ++more) {
    const auto added = static_cast<double>(more);
    // The pool's degrees of freedom grow with n - 1.
    const double freedom = verdict.noise.freedom * (usual + added - 1) / (usual - 1);
    std::vector<double> p;
    for (const std::size_t i : judged) {
      const Comparison& one = verdict.against[i];
      p.push_back(p_of(one, static_cast<double>(one.seeds) + added, freedom));
    }
    const std::vector<double> corrected = corrected_for_choice(p);
    bool all = true;
    for (std::size_t i = 0; i < judged.size(); ++i) {
      if (!missing[judged[i]] && corrected[i] <= false_claims_allowed) missing[judged[i]] = more;
      all = all && missing[judged[i]];
    }
    if (all) break;
  }
  return missing;
}

std::vector<double> corrected_for_choice(const std::vector<double>& p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
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
