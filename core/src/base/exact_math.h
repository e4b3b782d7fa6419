#pragma once

namespace r50::base {

// A number as an unevaluated sum, `low` less than half a unit in the last place of `high`.
struct Double2 {
  double high = 0;
  double low = 0;
};

// Exact sums and products of two doubles as Double2 (Knuth; Dekker). No fused multiply-add: it
// would need other machine instructions on other machines.
inline Double2 exact_sum(double a, double b) {
  const double sum = a + b;
  const double part = sum - a;
  return {sum, (a - (sum - part)) + (b - part)};
}

inline Double2 quick_sum(double larger, double smaller) {
  const double sum = larger + smaller;
  return {sum, smaller - (sum - larger)};
}

inline Double2 exact_product(double a, double b) {
  constexpr double splitter = 134217729;  // 2^27 + 1
  const double wide_a = splitter * a;
  const double wide_b = splitter * b;
  const double a1 = wide_a - (wide_a - a);
  const double b1 = wide_b - (wide_b - b);
  const double a2 = a - a1;
  const double b2 = b - b1;
  const double product = a * b;
  return {product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2};
}

inline Double2 operator+(Double2 a, Double2 b) {
  const Double2 high = exact_sum(a.high, b.high);
  return quick_sum(high.high, high.low + (a.low + b.low));
}

inline Double2 operator*(Double2 a, Double2 b) {
  const Double2 high = exact_product(a.high, b.high);
  return quick_sum(high.high, high.low + (a.high * b.low + a.low * b.high));
}

}  // namespace r50::base
