#include <gtest/gtest.h>

#include "sweep/stop/stopper.h"
#include "unit/sweep/search/nan_value.h"

namespace r50::sweep {
namespace {

Contender reporting(std::int64_t number, const std::vector<double>& values,
                    Contender::State state = Contender::State::running) {
  Contender trial{number, state, {}, 10};
  for (const double value : values) {
    trial.reports.push_back({static_cast<std::int64_t>(trial.reports.size()) + 1, value});
  }
  return trial;
}

bool last_ends(const std::vector<Contender>& all, std::int64_t warmup = 0,
               std::int64_t least_trials = 1) {
  return median_rule(10, warmup, least_trials)->ends(all.back(), all);
}

// Means up to epoch 2: 1, 2, 3.
const std::vector<Contender> three = {reporting(0, {1, 1, 50}), reporting(1, {3, 1}),
                                      reporting(2, {2, 4}, Contender::State::stopped)};

std::vector<Contender> three_and(const std::vector<double>& values) {
  auto all = three;
  all.push_back(reporting(3, values));
  return all;
}

TEST(StopMedian, TheBestSoFarAgainstTheMedianOfMeans) {
  EXPECT_TRUE(last_ends(three_and({9, 2.1})));
  EXPECT_FALSE(last_ends(three_and({9, 2})));  // not worse than it
  EXPECT_FALSE(last_ends(three_and({1.9, 9})));
}

TEST(StopMedian, OfAnEvenNumberTheMiddleOfTwo) {
  auto all = three_and({4, 4});  // means 1, 2, 3, 4: the median is 2.5
  all.push_back(reporting(4, {2.6, 2.6}));
  EXPECT_TRUE(last_ends(all));
  all.back() = reporting(4, {2.4, 2.4});
  EXPECT_FALSE(last_ends(all));
}

TEST(StopMedian, OnlyThoseWhoCameAsFarCount) {
  EXPECT_TRUE(last_ends(three_and({40, 40, 40})));  // against (1 + 1 + 50) / 3
  EXPECT_FALSE(last_ends(three_and({40, 40, 40, 40})));
  EXPECT_FALSE(last_ends(three_and({40, 40, 40}), 0, 2));
  EXPECT_FALSE(last_ends({reporting(0, {40})}));
}

TEST(StopMedian, NobodyEndsWhileWarmingUpOrWhenThrough) {
  EXPECT_FALSE(last_ends(three_and({9, 9}), 2));
  EXPECT_TRUE(last_ends(three_and({9, 9}), 1));
  const std::vector<double> nine(10, 9.0);
  const std::vector<double> one(10, 1.0);
  EXPECT_FALSE(last_ends({reporting(0, one), reporting(1, nine)}));
}

TEST(StopMedian, NanIsWorst) {
  EXPECT_TRUE(last_ends(three_and({nan_value, nan_value})));
  EXPECT_FALSE(last_ends(three_and({nan_value, 1.5})));
  EXPECT_FALSE(last_ends({reporting(0, {1, nan_value}), reporting(1, {1e9, 1e9})}));
  EXPECT_FALSE(last_ends({reporting(0, {nan_value}), reporting(1, {nan_value})}));
}

TEST(StopMedian, OnlyRunningTrialsWithReports) {
  auto all = three_and({9, 9});
  all.back().state = Contender::State::paused;
  EXPECT_FALSE(last_ends(all));
  EXPECT_FALSE(last_ends(three_and({})));
}

}  // namespace
}  // namespace r50::sweep
