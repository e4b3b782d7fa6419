#pragma once

// The normal distribution of mean 0 and deviation 1, with the same bits on every machine.

namespace r50::sweep {

double normal_below(double x);  // how likely a smaller number is
double normal_mass(double from, double to);
// The number that a share of `probability`, above 0 and below 1, lies below.
double normal_quantile(double probability);

}  // namespace r50::sweep
