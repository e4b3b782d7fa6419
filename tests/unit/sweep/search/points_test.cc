#include "sweep/search/points.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "dimensions.h"

namespace r50::sweep {
namespace {

TEST(SearchPoints, ValuesAreCounted) {
  EXPECT_EQ(count_values(choice(5)), 5);
  EXPECT_EQ(count_values(choice(3, {1, 0, 1})), 2);
  EXPECT_EQ(nth_value(choice(3, {1, 0, 1}), 1), 2);
  EXPECT_EQ(count_values(integer(-2, 2)), 5);
  EXPECT_EQ(nth_value(integer(-2, 2), 0), -2);
  EXPECT_EQ(count_values(real(0, 0.3, 0.1)), 4);  // although 0.3 / 0.1 is less than 3
  EXPECT_EQ(nth_value(real(0, 0.3, 0.1), 3), 0.3);
  EXPECT_EQ(count_values(real(0.5, 0.5)), 1);
  EXPECT_EQ(nth_value(real(0.5, 0.5), 0), 0.5);
  EXPECT_EQ(count_values(real(0, 1)), std::nullopt);
  EXPECT_EQ(count_values(normal(0, 1, 0.5)), std::nullopt);
}

// 2 optimizers; the first has 3 momenta; the second 2 kinds, one of which has 4 betas; 5 decays.
Space conditional_space() {
  return {choice(2), only_where(0, {0}, choice(3)), only_where(0, {1}, choice(2)),
          only_where(2, {1}, choice(4)), choice(5)};
}

TEST(SearchPoints, ADimensionWithoutItsConditionDoesNotMultiply) {
  EXPECT_EQ(count_points(conditional_space()), 3 * 5 + (1 + 4) * 5);
}

TEST(SearchPoints, NoneComesTwice) {
  const Space space = conditional_space();
  std::set<std::string> seen;
  for (std::int64_t n = 0; n < 40; ++n) {
    const Coordinates at = nth_point(space, n);
    std::string text;
    for (std::size_t i = 0; i < space.size(); ++i) {
      EXPECT_EQ(std::isnan(at[i]), !is_active(space, i, at)) << n << " " << i;
      text += std::isnan(at[i]) ? "-" : std::to_string(static_cast<int>(at[i]));
    }
    EXPECT_TRUE(seen.insert(text).second) << text;
  }
  EXPECT_EQ(*seen.begin(), "00--0");
  EXPECT_EQ(*seen.rbegin(), "1-134");
}

TEST(SearchPoints, HugeSpacesAreCountedWithoutAVisit) {
  const Space space(12, choice(1000));
  EXPECT_EQ(count_points(space), std::numeric_limits<std::int64_t>::max());  // 10^36
  EXPECT_EQ(nth_point(space, 1234567).back(), 567);
  EXPECT_EQ(nth_point(space, 1234567)[10], 234);
  EXPECT_EQ(count_points({choice(1000), integer(1, 1000), integer(0, 999999)}), 1000000000000);
}

TEST(SearchPoints, NothingToChooseIsOnePoint) {
  EXPECT_EQ(count_points({}), 1);
  EXPECT_TRUE(nth_point({}, 0).empty());
  EXPECT_EQ(count_points({choice(2), real(0, 1)}), std::nullopt);
}

}  // namespace
}  // namespace r50::sweep
