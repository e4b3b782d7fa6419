#include "sweep/judge/student_t.h"

#include <cmath>
#include <limits>

namespace r50::sweep::judge {
namespace {

// A denominator of the continued fraction that came out as nothing.
double kept_from_zero(double value) {
  constexpr double tiny = 1e-300;
  return std::abs(value) < tiny ? tiny : value;
}

// The continued fraction of I_x(a, b) (DLMF 8.17.22), from its first term on by Lentz's method. It
// converges fast left of the distribution's mean, in about sqrt(max(a, b)) terms.
double beta_fraction(double a, double b, double x) {
  double numerator = 1;
  double denominator = 1 / kept_from_zero(1 - (a + b) * x / (a + 1));
  double value = denominator;
  for (int m = 1; m < 100000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    denominator = 1 / kept_from_zero(1 + even * denominator);
    numerator = kept_from_zero(1 + even / numerator);
    value *= denominator * numerator;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    denominator = 1 / kept_from_zero(1 + odd * denominator);
    numerator = kept_from_zero(1 + odd / numerator);
    const double change = denominator * numerator;
    value *= change;
    if (std::abs(change - 1) < 1e-16) break;
  }
  return value;
}

// With 1 - x given beside x, so that neither end loses digits.
double beta_share(double a, double b, double x, double rest) {
  if (std::isnan(x)) return x;
  if (x <= 0) return 0;
  if (rest <= 0) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log(rest));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, rest) / b;
}

}  // namespace

double incomplete_beta(double a, double b, double x) { return beta_share(a, b, x, 1 - x); }

double two_sided_p(double t, double freedom) {
  if (std::isinf(t)) return 0;
  // Divided first: t * t may be too large for a double where its share is not.
  const double ratio = t / std::sqrt(freedom);
  const double square = ratio * ratio;
  if (std::isinf(square)) return 0;
  return beta_share(freedom / 2, 0.5, 1 / (1 + square), square / (1 + square));
}

double critical_t(double p, double freedom) {
  if (std::isnan(p) || p <= 0 || p >= 1 || !(freedom > 0)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  double low = 0;
  double high = 1;
  while (two_sided_p(high, freedom) > p) {
    low = high;
    high *= 2;
  }
  // Halving until neighbouring doubles: some 60 steps, and no start or slope that could go astray.
  for (double middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2) {
    (two_sided_p(middle, freedom) > p ? low : high) = middle;
  }
  return high;
}

}  // namespace r50::sweep::judge
