#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "r50/random.h"

namespace r50 {
namespace {

__extension__ using Quad = __float128;

constexpr double infinity = std::numeric_limits<double>::infinity();

// The error in units of the last place of the true value; long double has 11 bits more.
double ulps(double value, long double truth) {
  const double rounded = static_cast<double>(truth);
  const double next = std::nextafter(std::abs(rounded), infinity);
  const long double unit = static_cast<long double>(next) - std::abs(rounded);
  return static_cast<double>(std::abs(static_cast<long double>(value) - truth) / unit);
}

struct Worst {
  double error = 0;
  double at = 0;
  void see(double x, double value, long double truth) {
    const double now = ulps(value, truth);
    if (!(now <= error)) {
      error = now;
      at = x;
    }
  }
};

class ExactMath : public testing::Test {
 protected:
  Random random{{.seed = 7, .stream = Stream::sample_content}};
  Worst worst;
  // The measured error goes into the test report.
  void expect_below(double limit) {
    RecordProperty("worst_ulps", std::to_string(worst.error));
    EXPECT_LE(worst.error, limit) << "at " << worst.at;
  }
};

TEST_F(ExactMath, LogIsWithinOneUnitInTheLastPlace) {
  for (int i = 0; i < 400000; ++i) {
    const double x =
        i % 2 == 0 ? random.uniform(0.5, 2)
                   : std::ldexp(1 + random.uniform(), static_cast<int>(random.below(2000)) - 1000);
    worst.see(x, exact::log(x), std::log(static_cast<long double>(x)));
  }
  for (double x = 1 - 0x1p-53; x > 1 - 0x1p-40; x -= 0x1p-45) {
    worst.see(x, exact::log(x), std::log(static_cast<long double>(x)));
  }
  expect_below(1);
}

TEST_F(ExactMath, ExpIsWithinOneUnitInTheLastPlace) {
  for (int i = 0; i < 400000; ++i) {
    const double x = i % 2 == 0 ? random.uniform(-1, 1) : random.uniform(-708, 709.7);
    worst.see(x, exact::exp(x), std::exp(static_cast<long double>(x)));
  }
  expect_below(1);
}

TEST_F(ExactMath, PowIsWithinOneUnitInTheLastPlaceEvenForLargePowers) {
  for (int i = 0; i < 400000; ++i) {
    const double x = i % 2 == 0 ? random.uniform() + 1e-300 : random.uniform(1e-3, 1e3);
    const double limit = 700 / std::max(1e-3, std::abs(std::log(x)));
    const double y = random.uniform(-limit, limit);
    worst.see(x, exact::pow(x, y),
              std::pow(static_cast<long double>(x), static_cast<long double>(y)));
  }
  expect_below(1);
}

TEST_F(ExactMath, SineAndCosineAreWithinOneUnitInTheLastPlace) {
  for (int i = 0; i < 400000; ++i) {
    const double x = i % 2 == 0 ? random.uniform(-7, 7) : random.uniform(-1e6, 1e6);
    worst.see(x, exact::sin(x), std::sin(static_cast<long double>(x)));
    worst.see(x, exact::cos(x), std::cos(static_cast<long double>(x)));
  }
  expect_below(1);
}

// The double nearest to k pi/2 is where almost all of it cancels. A long double holds too little of
// pi for the truth there: it is taken from 128-bit numbers, pi in three parts.
TEST_F(ExactMath, SineNextToItsZerosKeepsItsPrecision) {
  for (int k = 2; k < 630000; k += 2) {
    const double x = k * 0x1.921fb54442d18p+0;
    const Quad rest =
        ((Quad{x} - Quad{0x1.921fb54442d18p+0} * k) - Quad{0x1.1a62633145c07p-54} * k) +
        Quad{0x1.f1976b7ed8fbcp-110} * k;
    const auto truth = static_cast<long double>(k % 4 == 0 ? rest : -rest);
    worst.see(x, exact::sin(x), truth - truth * truth * truth / 6);
  }
  expect_below(1);
}

TEST(ExactMathEdges, FollowTheRulesOfIeee754) {
  EXPECT_EQ(exact::log(0), -infinity);
  EXPECT_EQ(exact::log(infinity), infinity);
  EXPECT_TRUE(std::isnan(exact::log(-1)));
  EXPECT_EQ(exact::log(1), 0);
  EXPECT_DOUBLE_EQ(exact::log(5e-324), std::log(5e-324));
  EXPECT_EQ(exact::exp(0), 1);
  EXPECT_EQ(exact::exp(-infinity), 0);
  EXPECT_EQ(exact::exp(infinity), infinity);
  EXPECT_EQ(exact::exp(710), infinity);
  EXPECT_EQ(exact::exp(-746), 0);
  EXPECT_EQ(exact::exp(-744), std::exp(-744.0));  // a subnormal number
  EXPECT_TRUE(std::isnan(exact::exp(std::nan(""))));
  EXPECT_EQ(exact::pow(2, 10), 1024);
  EXPECT_EQ(exact::pow(2, -1074), 5e-324);
  EXPECT_EQ(exact::pow(10, 3), 1000);
  EXPECT_EQ(exact::pow(0.5, 1e300), 0);
  EXPECT_EQ(exact::pow(1 + 0x1p-52, 0x1p1000), infinity);
  EXPECT_EQ(exact::pow(0, 2), 0);
  EXPECT_EQ(exact::pow(3, 0), 1);
  EXPECT_EQ(exact::sin(0), 0);
  EXPECT_EQ(exact::cos(0), 1);
  EXPECT_TRUE(std::isnan(exact::sin(1e7)));  // beyond what it promises
}

}  // namespace
}  // namespace r50
