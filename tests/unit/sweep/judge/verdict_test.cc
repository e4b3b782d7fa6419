#include "sweep/judge/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include <nlohmann/json.hpp>

#include "judge_tables.h"

namespace r50::sweep::judge {
namespace {

using Outcome = Comparison::Outcome;
using Reason = Comparison::Reason;
using ::testing::DoubleNear;
using ::testing::ElementsAre;

Verdict verdict_on(const Observations& table) { return judge(groups(table), table.better); }

TEST(JudgeCorrection, MultipliesHolmsFactorByHalfOfWhatIsStillIn) {
  EXPECT_TRUE(corrected_for_choice({}).empty());
  EXPECT_THAT(corrected_for_choice({0.01}), ElementsAre(0.01));
  EXPECT_THAT(corrected_for_choice({0.2, 0.001, 0.02}),
              ElementsAre(0.2, DoubleNear(0.006, 1e-12), DoubleNear(0.06, 1e-12)));
}

TEST(JudgeCorrection, NeverExceedsTheLargest) {
  EXPECT_THAT(corrected_for_choice({0.04, 0.04, 0.04}), ElementsAre(0.04, 0.04, 0.04));
  EXPECT_THAT(corrected_for_choice({0.001, 0.03, 0.04}),
              ElementsAre(DoubleNear(0.006, 1e-12), 0.04, 0.04));
  EXPECT_THAT(corrected_for_choice({1, 0.9}), ElementsAre(1, 1));
}

TEST(JudgeCorrection, ALaterPIsNeverCorrectedBelowAnEarlier) {
  // 0.02 x 6 = 0.12, then 0.021 x 3 = 0.063 only.
  EXPECT_THAT(corrected_for_choice({0.02, 0.021, 0.5}),
              ElementsAre(DoubleNear(0.12, 1e-12), DoubleNear(0.12, 1e-12), 0.5));
}

TEST(JudgeDifferences, AreOverCommonSeedsAndPositiveWhereTheFirstIsBetter) {
  Group a;
  a.values = {{1, 10}, {2, 11}, {4, 15}};
  Group b;
  b.values = {{0, 90}, {2, 9}, {3, 90}, {4, 9}};
  const Differences more = differences(a, b, Better::higher);
  EXPECT_EQ(more.seeds, (std::vector<std::int64_t>{2, 4}));
  EXPECT_EQ(more.mean, 4);
  EXPECT_EQ(more.variance, 8);
  EXPECT_EQ(differences(a, b, Better::lower).mean, -4);
  EXPECT_TRUE(differences(a, {}, Better::lower).seeds.empty());
}

TEST(JudgeDifferences, PoolCountsSharedNoiseOnce) {
  const Differences five{{0, 1, 2, 3, 4}, 1, 9};
  EXPECT_EQ(pooled_noise({five}).variance, 9);
  EXPECT_NEAR(pooled_noise({five}).freedom, 4, 1e-12);
  EXPECT_NEAR(pooled_noise(std::vector<Differences>(7, five)).freedom, 4 * 7 * 4 / 10.0, 1e-12);
  const Noise mixed = pooled_noise({{{1, 2, 3}, 0, 6}, {{1, 2}, 0, 12}});
  EXPECT_NEAR(mixed.variance, 8, 1e-12);
  EXPECT_NEAR(mixed.freedom, 36.0 / 14, 1e-12);
  EXPECT_EQ(pooled_noise({}).freedom, 0);
}

TEST(JudgeVerdict, OfTwoPointsIsThePairedTTest) {
  std::ifstream file(R50_SOURCE_DIR "/tests/data/judge/student_t.json");
  const auto tests = nlohmann::json::parse(file)["paired"];
  ASSERT_EQ(tests.size(), 5U);
  for (const auto& test : tests) {
    const Verdict verdict = verdict_on(table_of({test["first"], test["second"]}));
    ASSERT_EQ(verdict.best, 0U);
    const Comparison& one = verdict.against[0];
    EXPECT_NEAR(one.difference - one.half_width, test["low"].get<double>(), 1e-9);
    EXPECT_NEAR(one.difference + one.half_width, test["high"].get<double>(), 1e-9);
    EXPECT_NEAR(one.p, test["p"].get<double>(), 1e-9);
    EXPECT_EQ(one.corrected_p, one.p);
  }
}

TEST(JudgeVerdict, FollowsTheGoal) {
  const Observations high = table_of({{70, 71, 72}, {60, 61.1, 62}});
  EXPECT_EQ(verdict_on(high).best, 0U);
  Observations low = high;
  low.better = Better::lower;
  const Verdict verdict = verdict_on(low);
  EXPECT_EQ(verdict.best, 1U);
  EXPECT_GT(verdict.against[0].difference, 0);
  EXPECT_TRUE(verdict.wins);
}

TEST(JudgeVerdict, WithoutReplicatesIsNone) {
  EXPECT_FALSE(verdict_on({}).best);
  EXPECT_FALSE(verdict_on(table_of({{70}, {60}, {50}})).best);
  const Verdict alone = verdict_on(table_of({{70, 71}}));
  EXPECT_EQ(alone.best, 0U);
  EXPECT_FALSE(alone.wins);
}

TEST(JudgeVerdict, FewerThanTwoCommonSeedsAreNotJudged) {
  Observations table = table_of({{70, 71, 70.5}, {60, 61, 60.4}, {50}});
  table.trials.push_back(finished({number("lr", 8)}, 7, 55));
  table.trials.push_back(finished({number("lr", 8)}, 8, 55));
  const Verdict verdict = verdict_on(table);
  EXPECT_EQ(verdict.against[0].outcome, Outcome::separable);
  EXPECT_EQ(verdict.against[1].outcome, Outcome::not_judged);
  EXPECT_EQ(verdict.against[1].reason, Reason::few_common_seeds);
  EXPECT_EQ(verdict.against[1].seeds, 1);
  EXPECT_EQ(verdict.against[2].reason, Reason::few_common_seeds);
  EXPECT_EQ(verdict.against[2].seeds, 0);
  EXPECT_TRUE(verdict.wins);  // the others look worse as far as one can see
}

TEST(JudgeVerdict, NobodyWinsWhileALonelySeedLooksBetter) {
  const Verdict verdict = verdict_on(table_of({{70, 71, 70.5}, {60, 61, 60.4}, {75}}));
  EXPECT_EQ(verdict.best, 0U);
  EXPECT_EQ(verdict.against[0].outcome, Outcome::separable);
  EXPECT_FALSE(verdict.wins);
}

TEST(JudgeVerdict, StoppedAndDivergedPointsNeitherWinNorHinder) {
  const double nan = std::nan("");
  Observations table = table_of({{70, 71, 70.5}, {60, 61, 60.4}, {90, nan, 92}, {99, 99, 99}});
  for (Observation& trial : table.trials) {
    if (trial.value == 99) trial.finished = false;
  }
  const Verdict verdict = verdict_on(table);
  EXPECT_EQ(verdict.best, 0U);
  EXPECT_EQ(verdict.against[1].reason, Reason::diverged);
  EXPECT_EQ(verdict.against[2].reason, Reason::unfinished);
  EXPECT_TRUE(verdict.wins);
}

TEST(JudgeVerdict, OneSeedsLuckDoesNotMakeABetterMeanReal) {
  // Better by 10 on average, but only by the seeds that the other has not.
  Observations table{"loss", Better::higher, {}};
  for (const std::int64_t seed : {0, 1, 2}) {
    table.trials.push_back(finished({number("lr", 1)}, seed, 10 + static_cast<double>(seed)));
    table.trials.push_back(finished({number("lr", 2)}, seed, 11.1 + static_cast<double>(seed)));
  }
  table.trials.push_back(finished({number("lr", 1)}, 3, 50));
  const Verdict verdict = verdict_on(table);
  EXPECT_EQ(verdict.best, 0U);
  EXPECT_LT(verdict.against[0].difference, 0);
  EXPECT_EQ(verdict.against[0].p, 1);
  EXPECT_FALSE(verdict.wins);
}

TEST(JudgeVerdict, WithoutNoiseNothingIsJudged) {
  const Verdict verdict = verdict_on(table_of({{70, 71}, {69, 70}, {60, 61}}));
  EXPECT_EQ(verdict.against[0].outcome, Outcome::not_judged);
  EXPECT_EQ(verdict.against[0].reason, Reason::no_noise);
  EXPECT_EQ(verdict.against[0].difference, 1);
  EXPECT_FALSE(verdict.wins);
}

TEST(JudgeVerdict, EqualPointsAreNotSeparable) {
  const Verdict verdict = verdict_on(table_of({{70, 72}, {72, 70}, {71, 71.5}}));
  EXPECT_FALSE(verdict.wins);
  for (const Comparison& one : verdict.against) EXPECT_EQ(one.outcome, Outcome::not_separable);
}

TEST(JudgeVerdict, ANoisyRivalIsJudgedByItsOwnNoise) {
  const Verdict verdict =
      verdict_on(table_of({{70, 70.1, 70.2}, {69, 69.2, 69.1}, {69.1, 69, 69.3}, {40, 75, 60}}));
  const Comparison& noisy = verdict.against[2];
  EXPECT_EQ(noisy.deviation, noisy.own_deviation);
  EXPECT_EQ(noisy.outcome, Outcome::not_separable);
  EXPECT_GT(verdict.against[0].deviation, verdict.against[0].own_deviation);
}

TEST(JudgeSeedsMissing, AreCountedByTheTDistribution) {
  // 0.24 and 0.45 about 0.4: t of 4 seeds 3.33 > 3.18; of 7 seeds 2.35 < 2.45, of 8 2.51 > 2.36.
  const auto missing = [](std::vector<double> differences) {
    const std::vector<double> zeros(differences.size());
    return seeds_missing(verdict_on(table_of({std::move(differences), zeros})));
  };
  EXPECT_THAT(missing({0.16, 0.4, 0.64}), ElementsAre(1));
  EXPECT_THAT(missing({-0.05, 0.4, 0.85}), ElementsAre(5));
  EXPECT_THAT(missing({0.39, 0.4, 0.41}), ElementsAre(0));
  EXPECT_THAT(missing({-1, 0.1, 1.2}), ElementsAre(std::nullopt));
  EXPECT_TRUE(seeds_missing({}).empty());
  EXPECT_THAT(seeds_missing(verdict_on(table_of({{70, 71}, {60}}))), ElementsAre(std::nullopt));
}

TEST(JudgeSeedsMissing, WouldReallyDo) {
  // The same differences twice over have nearly the same deviation and twice the seeds.
  const std::vector<double> once{-0.05, 0.4, 0.85};
  std::vector<double> twice = once;
  twice.insert(twice.end(), once.begin(), once.end());
  twice.insert(twice.end(), once.begin(), once.end());
  EXPECT_FALSE(verdict_on(table_of({once, {0, 0, 0}})).wins);
  EXPECT_TRUE(verdict_on(table_of({twice, std::vector<double>(9)})).wins);
}

}  // namespace
}  // namespace r50::sweep::judge
