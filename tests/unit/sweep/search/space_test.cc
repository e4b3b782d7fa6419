#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "dimensions.h"
#include "nan_value.h"
#include "sweep/search/points.h"
#include "sweep/search/space.h"

namespace r50::sweep {
namespace {

const double almost_one = std::nextafter(1.0, 0.0);

TEST(SearchSpace, AFlatDimensionIsALine) {
  EXPECT_EQ(value_at(real(2, 6), 0), 2);
  EXPECT_EQ(value_at(real(2, 6), 0.25), 3);
  EXPECT_EQ(value_at(real(2, 6), almost_one), 6);
  EXPECT_EQ(unit_of(real(2, 6), 3), 0.25);
  EXPECT_LT(unit_of(real(2, 6), 6), 1);
}

TEST(SearchSpace, ALogarithmicDimensionHasItsGeometricMeanInTheMiddle) {
  const Dimension rate = logarithmic(real(1e-4, 1));
  EXPECT_NEAR(value_at(rate, 0.5), 1e-2, 1e-15);
  EXPECT_NEAR(value_at(rate, 0.25), 1e-3, 1e-16);
  EXPECT_EQ(value_at(rate, 0), 1e-4);
  EXPECT_EQ(value_at(rate, almost_one), 1);
  EXPECT_NEAR(unit_of(rate, 0.1), 0.75, 1e-15);
}

TEST(SearchSpace, ANormalDimensionHasItsQuantiles) {
  const Dimension loss = normal(10, 2);
  EXPECT_EQ(value_at(loss, 0.5), 10);
  EXPECT_NEAR(value_at(loss, 0.975), 13.919927969080108, 1e-12);  // 10 + 2 * 1.95996...
  EXPECT_NEAR(unit_of(loss, 8), 0.15865525393145705, 1e-15);
  EXPECT_TRUE(std::isfinite(value_at(loss, 0)));
  EXPECT_TRUE(std::isfinite(value_at(loss, 1)));
  EXPECT_LT(unit_of(loss, 1e9), 1);
  EXPECT_EQ(unit_of(loss, -1e9), 0);
}

TEST(SearchSpace, StepsAreWrittenAsAPersonWouldWriteThem) {
  const Dimension share = real(0, 1, 0.1);
  EXPECT_EQ(value_at(share, 0.3), 0.3);  // not 0.30000000000000004
  EXPECT_EQ(value_at(share, 0), 0);
  EXPECT_FALSE(std::signbit(value_at(normal(0, 1, 1), 0.4)));  // 0 and -0 would be two points
  EXPECT_EQ(value_at(share, almost_one), 1);
  EXPECT_EQ(lattice_value(7, 0.15), 1.05);
  EXPECT_EQ(lattice_value(3, 1e-7), 3e-7);
  EXPECT_EQ(lattice_value(123456789, 1000), 123456789000);
}

TEST(SearchSpace, StepsAreMultiplesWithinTheEnds) {
  const Dimension odd = real(0.25, 0.95, 0.2);  // 0.4, 0.6, 0.8
  EXPECT_EQ(value_at(odd, 0), 0.4);
  EXPECT_EQ(value_at(odd, 0.5), 0.6);
  EXPECT_EQ(value_at(odd, almost_one), 0.8);
}

TEST(SearchSpace, WholeNumbersAreEquallyLikely) {
  std::map<double, int> times;
  for (int i = 0; i < 700; ++i) ++times[value_at(integer(-3, 3), (i + 0.5) / 700)];
  EXPECT_EQ(times.size(), 7U);
  for (const auto& [value, count] : times) EXPECT_EQ(count, 100) << value;
}

TEST(SearchSpace, WholeLogarithmicNumbersShareTheirRatio) {
  const Dimension batch = logarithmic(integer(1, 1000));
  EXPECT_EQ(value_at(batch, 0), 1);
  EXPECT_EQ(value_at(batch, almost_one), 1000);
  const Part one = part_of(batch, 1);  // from 0.5 to 1.5: as wide as 10 to 30
  EXPECT_EQ(one.from, 0);
  EXPECT_NEAR(one.to, std::log(3) / std::log(2001), 1e-14);
}

TEST(SearchSpace, AChoiceIsAsLikelyAsItsWeight) {
  const Dimension optimizer = choice(4, {1, 0, 2, 1});
  EXPECT_EQ(value_at(optimizer, 0), 0);
  EXPECT_EQ(value_at(optimizer, 0.24), 0);
  EXPECT_EQ(value_at(optimizer, 0.25), 2);
  EXPECT_EQ(value_at(optimizer, 0.74), 2);
  EXPECT_EQ(value_at(optimizer, almost_one), 3);
  EXPECT_EQ(unit_of(optimizer, 2), 0.5);
  EXPECT_EQ(value_at(choice(2, {1, 0}), almost_one), 0);  // never one of weight 0
  EXPECT_EQ(value_at(choice(1), 0.7), 0);
}

TEST(SearchSpace, UnitsAndValuesGoBackAndForth) {
  const std::vector<Dimension> all = {real(-2, 7),
                                      logarithmic(real(1e-6, 10)),
                                      normal(3, 0.5),
                                      real(5, 5),
                                      integer(1, 12),
                                      logarithmic(integer(1, 4096)),
                                      integer(7, 7),
                                      real(0, 0.3, 0.05),
                                      logarithmic(real(0.01, 1, 0.01)),
                                      normal(0, 4, 0.5),
                                      choice(7),
                                      choice(3, {0.2, 0.5, 0.3})};
  for (const Dimension& dimension : all) {
    for (int i = 0; i < 1000; ++i) {
      const double value = value_at(dimension, (i + 0.5) / 1000);
      const double again = value_at(dimension, unit_of(dimension, value));
      const bool any = dimension.kind == Dimension::Kind::real && dimension.step == 0;
      EXPECT_NEAR(again, value, any ? 1e-13 * std::abs(value) + 1e-15 : 0) << dimension.name << i;
      const Part part = part_of(dimension, value);
      EXPECT_LE(part.from, unit_of(dimension, value) + 1e-15);
      EXPECT_GE(part.to, unit_of(dimension, value) - 1e-15);
    }
  }
}

TEST(SearchSpace, TheirPartsFillTheWhole) {
  for (const Dimension& dimension :
       {integer(-4, 9), logarithmic(integer(1, 50)), real(0, 0.3, 0.05), choice(3, {3, 0, 1})}) {
    double reached = 0;
    while (reached < 1 - 1e-12) {
      const Part part = part_of(dimension, value_at(dimension, reached + 1e-9));
      ASSERT_NEAR(part.from, reached, 1e-12);
      ASSERT_GT(part.to, reached);
      reached = part.to;
    }
  }
}

TEST(SearchSpace, WhatLiesOutsideIsTakenForTheEnd) {
  EXPECT_EQ(unit_of(real(2, 6), 1), 0);
  EXPECT_EQ(value_at(real(2, 6), -3), 2);
  EXPECT_EQ(value_at(real(2, 6), 3), 6);
  EXPECT_TRUE(std::isnan(unit_of(real(2, 6), nan_value)));
  EXPECT_TRUE(std::isnan(value_at(real(2, 6), nan_value)));
}

TEST(SearchSpace, AConditionLooksAtAnEarlierChoice) {
  const Space space = {choice(3), only_where(0, {1, 2}, choice(2)), only_where(1, {0}, real(0, 1))};
  EXPECT_TRUE(is_active(space, 0, {}));
  EXPECT_FALSE(is_active(space, 1, {0}));
  EXPECT_TRUE(is_active(space, 1, {2}));
  EXPECT_FALSE(is_active(space, 2, {0, nan_value}));  // of what has no value itself
  EXPECT_TRUE(is_active(space, 2, {1, 0}));
}

}  // namespace
}  // namespace r50::sweep
