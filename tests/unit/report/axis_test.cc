#include "report/axis.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

namespace r50::report {
namespace {

TEST(Axis, HasRoundTicks) {
  const Axis axis = value_axis(1.3, 6.8, 5);
  EXPECT_EQ(axis.low, 0);
  EXPECT_EQ(axis.high, 8);
  EXPECT_EQ(axis.labels, (std::vector<std::string>{"0", "2", "4", "6", "8"}));
}

TEST(Axis, LabelsHaveAsManyDigitsAsTheirStepNeeds) {
  EXPECT_EQ(value_axis(0, 0.1, 3).labels, (std::vector<std::string>{"0", "0.05", "0.10"}));
  EXPECT_EQ(value_axis(76.2, 76.9, 4).labels,
            (std::vector<std::string>{"76.2", "76.4", "76.6", "76.8", "77.0"}));
  EXPECT_EQ(value_axis(0, 2e-5, 2).labels, (std::vector<std::string>{"0", "1e-05", "2e-05"}));
}

TEST(Axis, CountsOnlyWholeNumbers) {
  EXPECT_EQ(count_axis(0, 3, 8).labels, (std::vector<std::string>{"0", "1", "2", "3"}));
  EXPECT_EQ(count_axis(0, 120, 8).labels.back(), "120");
  EXPECT_EQ(count_axis(0, 0, 8).labels, (std::vector<std::string>{"0", "1"}));
  EXPECT_EQ(count_axis(0, 625500, 8).ticks.size(), 7U);
}

TEST(Axis, HoldsWhatItIsAskedFor) {
  for (const double low : {-3e7, -1.0, 0.0, 1e-9, 0.3, 99.99}) {
    for (const double length : {0.0, 1e-12, 1e-3, 1.0, 7.7, 1e9}) {
      const Axis axis = value_axis(low, low + length, 6);
      const double unseen = 1e-5 * (axis.high - axis.low);  // far below a pixel
      EXPECT_LE(axis.low, low + unseen);
      EXPECT_GE(axis.high, low + length - unseen);
      EXPECT_GE(axis.ticks.size(), 2U) << low << " " << length;
      EXPECT_LE(axis.ticks.size(), 20U) << low << " " << length;
      const std::set<std::string> different(axis.labels.begin(), axis.labels.end());
      if (length < 1e-3) continue;
      EXPECT_EQ(different.size(), axis.labels.size()) << low << " " << length;
    }
  }
}

TEST(Axis, SurvivesWhatIsNoStretch) {
  EXPECT_LT(value_axis(5, 2, 4).low, value_axis(5, 2, 4).high);
}

}  // namespace
}  // namespace r50::report
