#pragma once

#include <cstddef>
#include <vector>

#include "sweep/judge/forest.h"

namespace r50::sweep::judge {

struct Share {
  double alone = 0;        // of the variance, by this dimension with all others averaged out
  double with_others = 0;  // all that goes when this dimension is averaged out
};

// Over evenly spread dimensions. Each variance is the covariance of neighbouring trees, exactly:
// what a tree has learnt of the noise by heart is mostly its own, and does not count as an effect.
std::vector<Share> variance_shares(const Forest& forest, std::size_t dimensions);

}  // namespace r50::sweep::judge
