#pragma once

// What the judge needs of statistics. The distributions are Boost.Math's.

#include <vector>

namespace r50::sweep::judge {

// Both of at least one number; the variance of one is 0. Divided by n - 1, about the mean, and
// exactly 0 where all numbers are equal.
double mean(const std::vector<double>& values);
double variance(const std::vector<double>& values);

// By Student's t distribution with any positive number of degrees of freedom, whole or not: the
// probability of |T| >= |t|, a two-sided p-value. Small ones keep their relative accuracy.
double two_sided_p(double t, double freedom);

// The t > 0 with this two-sided p-value, of (0, 1).
double critical_t(double p, double freedom);

// The p-value of an F test: the probability of a ratio of variances at least this large.
double f_test_p(double ratio, double freedom_above, double freedom_below);

}  // namespace r50::sweep::judge
