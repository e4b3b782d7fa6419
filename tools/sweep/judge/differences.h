#pragma once

// How two points differ seed by seed. What a seed does to both of them falls out.

#include <cstdint>
#include <vector>

#include "sweep/judge/groups.h"

namespace r50::sweep::judge {

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

}  // namespace r50::sweep::judge
