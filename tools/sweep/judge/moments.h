#pragma once

#include <vector>

namespace r50::sweep::judge {

// Both of at least one number; the variance of one is 0. Divided by n - 1, about the mean, and
// exactly 0 where all numbers are equal.
double mean(const std::vector<double>& values);
double variance(const std::vector<double>& values);

}  // namespace r50::sweep::judge
