#include "sweep/judge/groups.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "judge_tables.h"

namespace r50::sweep::judge {
namespace {

TEST(JudgeGroups, OfNothingAreNone) { EXPECT_TRUE(groups({}).empty()); }

TEST(JudgeGroups, ReplicatesHaveMeanDeviationAndInterval) {
  const auto all = groups(table_of({{70, 71, 75}}));
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].mean, 72);
  EXPECT_NEAR(*all[0].deviation, std::sqrt(7.0), 1e-12);
  EXPECT_NEAR(*all[0].half_width, 4.302653 * std::sqrt(7.0 / 3), 1e-5);
  EXPECT_TRUE(all[0].judgeable());
}

TEST(JudgeGroups, OneSeedHasAMeanAndNoMore) {
  const auto all = groups(table_of({{70}}));
  EXPECT_EQ(all[0].mean, 70);
  EXPECT_FALSE(all[0].deviation);
  EXPECT_FALSE(all[0].half_width);
  EXPECT_FALSE(all[0].judgeable());
}

TEST(JudgeGroups, AreByValuesInWhateverOrder) {
  const KeyValue lr = number("lr", 0.1);
  const KeyValue batch = number("batch", 64);
  Observations table{"top1", Better::higher, {}};
  table.trials = {finished({lr, batch}, 1, 70), finished({number("lr", 0.2), batch}, 1, 60),
                  finished({batch, lr}, 0, 72)};
  const auto all = groups(table);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].values, (std::vector<SeedValue>{{0, 72}, {1, 70}}));
  EXPECT_EQ(all[1].mean, 60);
}

TEST(JudgeGroups, TextsThatRunTogetherAreNotOnePoint) {
  Observations table;
  table.trials = {finished({word("a", "1b"), word("c", "2")}, 0, 1),
                  finished({word("a", "1"), word("bc", "2")}, 0, 2)};
  EXPECT_EQ(groups(table).size(), 2U);
}

TEST(JudgeGroups, OnlyFinishedTrialsCount) {
  Observations table = table_of({{70, 72}});
  Observation trial = finished({number("lr", 1)}, 5, 99);
  trial.finished = false;
  table.trials.insert(table.trials.end(), 3, trial);
  Observation lonely = finished({number("lr", 9)}, 0, 99);
  lonely.finished = false;
  table.trials.push_back(lonely);
  const auto all = groups(table);
  EXPECT_EQ(all[0].mean, 71);
  EXPECT_EQ(all[0].unfinished, 3);
  EXPECT_TRUE(std::isnan(all[1].mean));
  EXPECT_TRUE(all[1].values.empty());
}

TEST(JudgeGroups, ADivergedSeedTakesTheMeanWithIt) {
  const double infinity = std::numeric_limits<double>::infinity();
  const auto all = groups(table_of({{70, std::nan(""), 72}, {infinity, 1}}));
  EXPECT_TRUE(std::isnan(all[0].mean));
  EXPECT_EQ(all[0].diverged, 1);
  EXPECT_EQ(all[1].diverged, 1);
  EXPECT_FALSE(all[0].deviation);
  EXPECT_FALSE(all[1].judgeable());
}

TEST(JudgeGroups, EqualValuesHaveExactlyNoDeviation) {
  const auto all = groups(table_of({{0.1, 0.1, 0.1}}));
  EXPECT_EQ(all[0].mean, 0.1);
  EXPECT_EQ(*all[0].deviation, 0);
}

TEST(JudgeGroups, TheLastTrialOfASeedCountsAndCostsAreMeans) {
  Observations table;
  table.trials = {finished({number("lr", 1)}, 0, 70, 1000), finished({number("lr", 1)}, 0, 60, 10),
                  finished({number("lr", 1)}, 1, 62, 20)};
  const auto all = groups(table);
  EXPECT_EQ(all[0].mean, 61);
  EXPECT_EQ(all[0].seconds, 15);
}

}  // namespace
}  // namespace r50::sweep::judge
