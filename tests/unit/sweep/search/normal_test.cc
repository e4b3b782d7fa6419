#include "sweep/search/space.h"

#include <gtest/gtest.h>

#include <cmath>

namespace r50::sweep {
namespace {

TEST(SearchNormal, AgreesWithTheErrorFunction) {
  for (int i = -3700; i <= 3700; ++i) {
    const double x = i / 100.0;
    const double expected = std::erfc(-x / std::sqrt(2)) / 2;
    EXPECT_NEAR(normal_below(x) / expected, 1, 1e-12) << x;
  }
  EXPECT_EQ(normal_below(-40), 0);
  EXPECT_EQ(normal_below(40), 1);
}

TEST(SearchNormal, MassesInATailKeepTheirDigits) {
  const double expected = (std::erfc(8 / std::sqrt(2)) - std::erfc(9 / std::sqrt(2))) / 2;
  EXPECT_NEAR(normal_mass(8, 9) / expected, 1, 1e-12);
  EXPECT_EQ(normal_mass(-9, -8), normal_mass(8, 9));
  EXPECT_NEAR(normal_mass(-1, 1), 0.6826894921370859, 1e-15);
  EXPECT_EQ(normal_mass(0.3, 0.3), 0);
}

TEST(SearchNormal, QuantilesInvertIt) {
  EXPECT_EQ(normal_quantile(0.5), 0);
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-14);
  EXPECT_NEAR(normal_quantile(1e-10), -6.361340902404056, 1e-12);
  for (const double p : {0x1p-54, 1e-12, 1e-6, 0.01, 0.2, 0.4, 0.4999999, 0.6, 0.99}) {
    EXPECT_NEAR(normal_below(normal_quantile(p)) / p, 1, 1e-12) << p;
  }
}

}  // namespace
}  // namespace r50::sweep
