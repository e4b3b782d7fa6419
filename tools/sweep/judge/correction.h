#pragma once

#include <vector>

namespace r50::sweep::judge {

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
