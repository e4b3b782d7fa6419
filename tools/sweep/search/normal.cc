#include "sweep/search/normal.h"

#include <cmath>

#include "r50/random.h"

namespace r50::sweep {
namespace {

constexpr double root_of_two_pi = 0x1.40d931ff62706p+1;

double normal_density(double x) { return exact::exp(-x * x / 2) / root_of_two_pi; }

// The share above x >= 0. Near 0 by a series of positive terms (no digits lost), from 3 on by
// Laplace's continued fraction, whose first 60 parts (from 6 on 20) are exact to the last digits.
double share_above(double x) {
  if (x > 38.5) return 0;  // below the smallest double
  if (x < 3) {
    double term = x;
    double sum = x;
    for (int n = 1; term > sum * 0x1p-54; ++n) {
      term *= x * x / (2 * n + 1);
      sum += term;
    }
    return 0.5 - normal_density(x) * sum;
  }
  double below = x;
  for (int n = x < 6 ? 60 : 20; n > 0; --n) below = x + n / below;
  return normal_density(x) / below;
}

}  // namespace

double normal_below(double x) { return x < 0 ? share_above(-x) : 1 - share_above(x); }

double normal_mass(double from, double to) {
  if (from > 0) return share_above(from) - share_above(to);  // on the side where numbers are fine
  if (to < 0) return share_above(-to) - share_above(-from);
  return 1 - share_above(-from) - share_above(to);
}

// A first guess good to three digits (Hastings 1955; Abramowitz and Stegun 26.2.23), then Halley's
// method, which triples the digits each time.
double normal_quantile(double probability) {
  if (probability > 0.5) return -normal_quantile(1 - probability);
  if (probability == 0.5) return 0;
  const double t = std::sqrt(-2 * exact::log(probability));
  double x = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                     (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (int again = 0; again < 3; ++again) {  // x of the share above, so positive
    const double newton = (share_above(x) - probability) / normal_density(x);
    x += newton / (1 - newton * x / 2);
  }
  return -x;
}

}  // namespace r50::sweep
