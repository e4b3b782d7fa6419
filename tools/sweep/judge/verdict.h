#pragma once

// Which point is best, and which of the others it is really better than.
//
// A difference is measured seed by seed and judged by Student's t. Five seeds tell little about
// noise, so what all differences from the best say of it counts together; where a difference is
// noisier than that, its own noise counts. (Its own alone finds a point that is better by twice the
// deviation of a difference, among 24 with 5 seeds, in 40 of 100 sweeps; this finds it in 72.
// Everybody's residuals together call a winner in 12 of 100 sweeps without effect if one point is
// five times as noisy as the others, and noisy points are those that come out best by chance.) The
// best point's own noise is in every difference and so in the pool.
// With two points this is the paired t-test. corrected_for_choice() has what the choice of the best
// costs.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sweep/judge/groups.h"

namespace r50::sweep::judge {

// How two points differ seed by seed. What a seed does to both of them falls out.
struct Differences {
  std::vector<std::int64_t> seeds;  // common to both, ascending
  double mean = 0;                  // positive: the first is better
  double variance = 0;              // of one difference
};

// Without a common seed: no seeds, zeros.
Differences differences(const Group& first, const Group& second, Better better);

// The noise of one point's differences from each of the others, together.
struct Noise {
  double variance = 0;
  double freedom = 0;
};

// Of differences with at least two seeds. All share the first point's own noise, so that they count
// for less than their number: the degrees of freedom are those of a chi-square with the sum's
// variance (Satterthwaite) where all points are equally noisy. With m others and n seeds each that
// is 4 m (n - 1) / (m + 3): n - 1 for one, never more than 4 (n - 1).
Noise pooled_noise(const std::vector<Differences>& all);

// The part of sweeps without an effect that may claim one: 5 of a hundred.
inline constexpr double false_claims_allowed = 0.05;
inline constexpr std::int64_t most_more_seeds = 50;

struct Comparison {
  enum class Outcome { separable, not_separable, not_judged };
  enum class Reason { none, unfinished, diverged, few_common_seeds, no_noise };

  std::size_t other = 0;  // number of the group that the best is compared with
  Outcome outcome = Outcome::not_judged;
  Reason reason = Reason::none;  // why not judged
  std::int64_t seeds = 0;        // common to both
  double difference = 0;         // positive: the best is better; over common seeds
  double deviation = 0;          // of one difference, as it was judged
  double freedom = 0;
  double half_width = 0;  // of the 95 % interval, uncorrected
  double p = 1;           // two-sided, uncorrected
  double corrected_p = 1;
  double own_deviation = 0;  // of these differences alone, without the pool

  bool judged() const { return outcome != Outcome::not_judged; }
};

struct Verdict {
  std::optional<std::size_t> best;  // group of the best mean among those with 2 seeds or more
  bool wins = false;                // it is separable from all others, and none could be better yet
  std::vector<Comparison> against;  // every other group, in their order
  Noise noise;
};

Verdict judge(const std::vector<Group>& groups, Better better);

// For each comparison of the verdict: with how many more seeds, the same for all points, it would
// be separable if all differences and noises stayed as they are. 0 for those that are; nothing
// where more than most_more_seeds would be needed, or nothing was judged.
std::vector<std::optional<std::int64_t>> seeds_missing(const Verdict& verdict);

// Corrects the p-values of a best point against each other point, where the best is what came out
// best of the very same data.
//
// Holm's procedure goes through the p-values from the smallest on and multiplies each by the number
// of those not yet done, m. That would do for a best point named in advance. With m others and the
// best still in, any of m + 1 points might have come out best by chance, and the smallest of its
// differences is the smallest of (m + 1) m / 2, so that is the factor here: Holm's, times (m + 1)
// / 2. The last factor is 1. That the best point of many is really the best may be judged by a
// plain two-sided test against the runner-up (Gutmann and Maymin 1987, Hung and Fithian 2019):
// where further points are as good, it is only less likely that one of them stands out. So where
// every p-value is small, every difference is real, and no p-value needs to be above the largest.
std::vector<double> corrected_for_choice(const std::vector<double>& p);

}  // namespace r50::sweep::judge
