#include <bit>
#include <cstdint>
#include <limits>

#include "r50/random.h"

// Everything here is +, -, * and / in one fixed order, which IEEE 754 rounds alike everywhere. The
// series are the plain Taylor series, long enough that what is cut off is below 2^-57 of the
// result.

namespace r50::exact {
namespace {

// A number as an unevaluated sum, `low` less than half a unit in the last place of `high`.
struct Double2 {
  double high = 0;
  double low = 0;
};

// Exact sums and products of two doubles as Double2 (Knuth; Dekker). No fused multiply-add: it
// would need other machine instructions on other machines.
Double2 exact_sum(double a, double b) {
  const double sum = a + b;
  const double part = sum - a;
  return {sum, (a - (sum - part)) + (b - part)};
}

Double2 quick_sum(double larger, double smaller) {
  const double sum = larger + smaller;
  return {sum, smaller - (sum - larger)};
}

Double2 exact_product(double a, double b) {
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

Double2 operator+(Double2 a, Double2 b) {
  const Double2 high = exact_sum(a.high, b.high);
  return quick_sum(high.high, high.low + (a.low + b.low));
}

Double2 operator*(Double2 a, Double2 b) {
  const Double2 high = exact_product(a.high, b.high);
  return quick_sum(high.high, high.low + (a.high * b.low + a.low * b.high));
}

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// ln 2 in 40, 40 and 53 bits: products with exponents (11 bits) of the first two are exact.
constexpr double ln2_1 = 0x1.62e42fefa2000p-1;
constexpr double ln2_2 = 0x1.9ef35793c6000p-41;
constexpr double ln2_3 = 0x1.673007e5ed5e8p-81;
constexpr double inverse_ln2 = 0x1.71547652b82fep+0;

struct Parts {
  double mantissa;  // sqrt(1/2) .. sqrt(2)
  double exponent;
};

Parts take_apart(double x) {
  double exponent = -1023;
  if (x < std::numeric_limits<double>::min()) {
    x *= 0x1p54;
    exponent -= 54;
  }
  constexpr std::uint64_t mantissa_bits = (std::uint64_t{1} << 52) - 1;
  const auto bits = std::bit_cast<std::uint64_t>(x);
  double mantissa =
      std::bit_cast<double>((bits & mantissa_bits) | std::bit_cast<std::uint64_t>(1.0));
  exponent += static_cast<double>(bits >> 52);
  if (mantissa > 0x1.6a09e667f3bcdp+0) {
    mantissa /= 2;
    exponent += 1;
  }
  return {mantissa, exponent};
}

double power_of_two(int exponent) {  // of a normal number
  return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
}

double nearest_whole(double x) {
  return static_cast<double>(static_cast<std::int64_t>(x < 0 ? x - 0.5 : x + 0.5));
}

// log((1 + s) / (1 - s)) = 2 (s + s^3/3 + s^5/5 + ...). These are the terms from s^k/k on, divided
// by s^k; |s| < 0.1716, z = s^2.
double log_tail_from_5(double z) {
  return 1.0 / 5 +
         z * (1.0 / 7 +
              z * (1.0 / 9 +
                   z * (1.0 / 11 +
                        z * (1.0 / 13 +
                             z * (1.0 / 15 +
                                  z * (1.0 / 17 +
                                       z * (1.0 / 19 +
                                            z * (1.0 / 21 + z * (1.0 / 23 + z * (1.0 / 25))))))))));
}

// The logarithm to about 2^-63 of itself, so that pow can multiply it by large numbers.
Double2 wide_log(double x) {
  const Parts parts = take_apart(x);
  const double f = parts.mantissa - 1;  // exact
  const Double2 divisor = exact_sum(parts.mantissa, 1);
  // s = f / divisor, and once more with what the first quotient leaves.
  const double quotient = f / divisor.high;
  const Double2 back = exact_product(quotient, divisor.high);
  const double rest = ((f - back.high) - back.low) - quotient * divisor.low;
  const Double2 s = quick_sum(quotient, rest / divisor.high);

  const Double2 z = s * s;
  constexpr Double2 third{0x1.5555555555555p-2, 0x1.5555555555555p-56};
  const Double2 series = z * (third + z * Double2{log_tail_from_5(z.high), 0});
  const Double2 half = s + s * series;
  const Double2 log_mantissa{2 * half.high, 2 * half.low};

  const double e = parts.exponent;
  const Double2 log_power = exact_sum(e * ln2_1, e * ln2_2) + Double2{e * ln2_3, 0};
  return log_power + log_mantissa;
}

// exp(x + rest), |rest| far below |x|.
double exp_of_sum(double x, double rest) {
  if (x != x) return x;
  if (x > 709.8) return infinity;
  if (x < -745.2) return 0;
  const double k = nearest_whole(x * inverse_ln2);
  // x - k ln2_1 is exact: both are multiples of the same power of two and close to each other.
  const Double2 first = exact_sum(x - k * ln2_1, -k * ln2_2);
  const Double2 r = quick_sum(first.high, first.low + (rest - k * ln2_3));

  // |r| < 0.3466: what follows r^13/13! is below 2^-57.
  double tail = 1.0 / 6227020800;
  constexpr double inverse_factorials[] = {
      1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040,
      1.0 / 720,       1.0 / 120,      1.0 / 24,      1.0 / 6,      1.0 / 2};
  for (const double coefficient : inverse_factorials) tail = coefficient + r.high * tail;
  // 1 + r + r^2 tail, the smaller parts first; the low part of r counts (1 + r) times.
  const Double2 head = quick_sum(1, r.high);
  const double small = head.low + (r.low + r.low * r.high) + r.high * r.high * tail;
  const double result = head.high + small;

  // In two steps: 2^k itself may be beyond what a normal number holds.
  const int power = static_cast<int>(k);
  const int half = power / 2;
  return result * power_of_two(half) * power_of_two(power - half);
}

struct Turn {
  Double2 rest;      // -pi/4 .. pi/4
  unsigned quarter;  // how many quarter turns were taken off, modulo 4
};

// pi/2 in 33, 33, 33 and 53 bits; products with |k| < 2^20 of the first three are exact. A number
// below 1e6 may be as near as 1e-17 to a multiple of pi/2, hence four parts.
Turn reduce(double x) {
  constexpr double half_pi_1 = 0x1.921fb54400000p+0;
  constexpr double half_pi_2 = 0x1.0b4611a600000p-34;
  constexpr double half_pi_3 = 0x1.3198a2e000000p-69;
  constexpr double half_pi_4 = 0x1.b839a252049c1p-104;
  constexpr double inverse = 0x1.45f306dc9c883p-1;
  const double k = nearest_whole(x * inverse);
  const Double2 first = exact_sum(x - k * half_pi_1, -k * half_pi_2);
  const Double2 rest = first + exact_sum(-k * half_pi_3, -k * half_pi_4);
  return {rest, static_cast<unsigned>(static_cast<std::int64_t>(k)) & 3};
}

double sin_part(Double2 r) {
  const double z = r.high * r.high;
  double tail = 1.0 / 355687428096000;  // 17!
  constexpr double inverse_factorials[] = {
      -1.0 / 1307674368000, 1.0 / 6227020800, -1.0 / 39916800, 1.0 / 362880,
      -1.0 / 5040,          1.0 / 120,        -1.0 / 6};
  for (const double coefficient : inverse_factorials) tail = coefficient + z * tail;
  // sin(high + low) = sin(high) + low cos(high)
  return r.high + (r.high * z * tail + r.low * (1 - z / 2));
}

double cos_part(Double2 r) {
  const double z = r.high * r.high;
  double tail = 1.0 / 20922789888000;  // 16!
  constexpr double inverse_factorials[] = {-1.0 / 87178291200, 1.0 / 479001600, -1.0 / 3628800,
                                           1.0 / 40320,        -1.0 / 720,      1.0 / 24};
  for (const double coefficient : inverse_factorials) tail = coefficient + z * tail;
  // 1 - z/2 loses bits that are added again.
  const Double2 head = quick_sum(1, -z / 2);
  return head.high + (head.low + (z * z * tail - r.high * r.low));
}

double turned(double x, unsigned quarters) {
  if (!(x >= -1e6 && x <= 1e6)) return not_a_number;
  const Turn turn = reduce(x);
  const unsigned quarter = (turn.quarter + quarters) & 3;
  const double value = quarter % 2 == 0 ? sin_part(turn.rest) : cos_part(turn.rest);
  return quarter < 2 ? value : -value;
}

}  // namespace

double log(double x) {
  if (x != x || x == infinity) return x;
  if (x < 0) return not_a_number;
  if (x == 0) return -infinity;
  const Parts parts = take_apart(x);
  const double f = parts.mantissa - 1;
  const double s = f / (2 + f);
  const double z = s * s;
  const double series = 2 * z * (1.0 / 3 + z * log_tail_from_5(z));
  // 2 s = f - s f: so the quotient's rounding error counts only as far as f is large.
  const double e = parts.exponent;
  return e * ln2_1 + (f - (s * (f - series) - e * (ln2_2 + ln2_3)));
}

double exp(double x) { return exp_of_sum(x, 0); }

double pow(double x, double y) {
  if (x != x || y != y || x < 0) return not_a_number;
  if (y == 0 || x == 1) return 1;
  if (x == 0) return y > 0 ? 0 : infinity;
  if (x == infinity) return y > 0 ? infinity : 0;
  if (y == infinity || y == -infinity) return (x > 1) == (y > 0) ? infinity : 0;
  const Double2 log = wide_log(x);
  const double rough = log.high * y;
  if (rough > 710) return infinity;
  if (rough < -746) return 0;
  // |y| may be too large to split only if the logarithm is tiny: then it is scaled.
  const bool large = y > 0x1p900 || y < -0x1p900;
  const Double2 scaled =
      large ? exact_product(y * 0x1p-200, log.high * 0x1p200) : exact_product(y, log.high);
  return exp_of_sum(scaled.high, scaled.low + y * log.low);
}

double sin(double x) { return turned(x, 0); }
double cos(double x) { return turned(x, 1); }

}  // namespace r50::exact
