#include "sweep/judge/sentence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "judge_tables.h"

namespace r50::sweep::judge {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

struct Said {
  std::vector<std::string> sentences;
  std::string headline;
};

Said said_of(const Observations& table) {
  const auto all = groups(table);
  const Verdict verdict = judge(all, table.better);
  const Names names(all);
  return {sentences(verdict, names, table.metric), headline(verdict, names)};
}

TEST(JudgeNames, AreThePartsOfKeysThatTellThemApart) {
  const PointValues a{number("scheduler.max_lr", 0.4), number("a.decay", 1), number("b.decay", 1)};
  const PointValues b{number("scheduler.max_lr", 0.8), number("a.decay", 1), number("b.decay", 2)};
  const Names names(groups({"top1", Better::higher, {finished(a, 0, 1), finished(b, 0, 1)}}));
  EXPECT_EQ(names.parameter("scheduler.max_lr"), "max_lr");
  EXPECT_EQ(names.parameter("a.decay"), "a.decay");
  EXPECT_EQ(names.parameter("never.seen"), "never.seen");
  EXPECT_EQ(names.point(0), "max_lr 0.4, b.decay 1");
}

TEST(JudgeNames, OfAPairAreWhatTheyDifferIn) {
  const auto point = [](double lr, double batch) {
    return PointValues{number("lr", lr), number("run.batch", batch)};
  };
  PointValues sam = point(0.1, 64);
  sam.push_back(number("optimizer.rho", 0.05));
  const Names names(groups({"top1",
                            Better::higher,
                            {finished(point(0.1, 64), 0, 1), finished(point(0.2, 64), 0, 1),
                             finished(point(0.2, 128), 0, 1), finished(sam, 0, 1)}}));
  EXPECT_THAT(names.pair(0, 1), Pair("lr 0.1", "lr 0.2"));
  EXPECT_THAT(names.pair(0, 2), Pair("lr 0.1, batch 64", "lr 0.2, batch 128"));
  EXPECT_THAT(names.pair(0, 3), Pair("no rho", "rho 0.05"));
  EXPECT_EQ(names.point(0), "lr 0.1, batch 64");
  EXPECT_EQ(Names(groups(table_of({{1, 2}}))).point(0), "the only point");
}

TEST(JudgeSentence, RoundsByTheUncertainty) {
  EXPECT_EQ(with_uncertainty(0.3912, 0.6123), "0.4 ± 0.6");
  EXPECT_EQ(with_uncertainty(0.4, 1.118), "0.4 ± 1.1");
  EXPECT_EQ(with_uncertainty(1.23456, 0.0194), "1.235 ± 0.019");
  EXPECT_EQ(with_uncertainty(1.23456, 0.02), "1.23 ± 0.02");
  EXPECT_EQ(with_uncertainty(1234, 321), "1234 ± 321");
  EXPECT_EQ(with_uncertainty(0.5, 0), "0.5 ± 0");
  EXPECT_EQ(with_uncertainty(0.5, std::numeric_limits<double>::infinity()), "0.5 ± inf");
  EXPECT_EQ(with_uncertainty(1e-30, 1e-30), "0.000000000000 ± 0.000000000000");
}

TEST(JudgeSentence, SaysPercentagePointsOfAccuracyOnly) {
  EXPECT_EQ(unit_of_difference("top1"), "pp");
  EXPECT_EQ(unit_of_difference("ema.top5"), "pp");
  EXPECT_EQ(unit_of_difference("loss"), "");
}

TEST(JudgeSentence, SaysHowManyMoreSeedsWouldDo) {
  const Said five = said_of(table_of({{69.95, 70.4, 70.85}, {70, 70, 70}}));
  EXPECT_THAT(five.sentences,
              ElementsAre("lr 1 over lr 2 by 0.4 ± 1.1 pp: not separable with 3 seeds; 5 more "
                          "would do"));
  EXPECT_EQ(five.headline, "No winner: lr 1 leads, but lr 2 is not separable from it.");
  Observations table = table_of({{1.1, 0.9}, {1.0, 1.01}}, Better::lower);
  table.metric = "loss";
  EXPECT_THAT(said_of(table).sentences,
              ElementsAre("lr 1 over lr 2 by 0.0 ± 1.3: not separable with 2 seeds; more than 50 "
                          "more would be needed"));
}

TEST(JudgeSentence, SaysWhoWins) {
  const Said two = said_of(table_of({{60, 60.2, 60.1}, {69.9, 70, 70.4}}));
  EXPECT_THAT(two.sentences,
              ElementsAre("lr 2 over lr 1 by 10.0 ± 0.7 pp: separable with 3 seeds (p < 0.001)"));
  EXPECT_EQ(two.headline, "lr 2 wins: it is separable from the other point judged.");
  const Said three = said_of(table_of({{60, 60.2, 60.1}, {69.9, 70, 70.4}, {50, 50.1, 50}}));
  EXPECT_EQ(three.headline, "lr 2 wins: it is separable from all 2 other points judged.");
}

TEST(JudgeSentence, SaysThatSeveralAreLevel) {
  EXPECT_EQ(said_of(table_of({{70, 72.5}, {72, 70}, {71, 71.5}})).headline,
            "No winner: lr 1 leads, but 2 other points are not separable from it.");
}

TEST(JudgeSentence, SaysWhyNothingIsJudged) {
  EXPECT_EQ(said_of(table_of({{70}, {71}})).headline,
            "Not judged: no point has finished with 2 seeds or more, so noise cannot be "
            "distinguished from effect. Give the sweep `seeds = 3`.");
  EXPECT_EQ(said_of(table_of({{70, 71}})).headline,
            "Not judged: there is nothing that the only point could be compared with.");
  const Said one = said_of(table_of({{70, 71, 70.5}, {60, 61, 60.4}, {75}}));
  EXPECT_EQ(one.sentences[1], "lr 1 and lr 3: not judged, only 1 seed in common");
  EXPECT_EQ(one.headline,
            "No winner yet: lr 1 leads, but a point that is no worse has too few seeds.");
  const Said same = said_of(table_of({{70, 71}, {69, 70}}));
  EXPECT_EQ(same.headline,
            "Not judged: the points differ by the same on every seed, as if the seed changed "
            "nothing.");
  EXPECT_EQ(said_of(table_of({{70, 71}, {std::nan(""), 70}})).sentences[0],
            "lr 1 and lr 2: not judged, a seed of the second diverged");
}

TEST(JudgeSentence, SaysWhenOnlyTheNumberOfPointsStandsInTheWay) {
  // 0.8, 0.7 and 0.3: t of 3.9 among 3.2 degrees of freedom is p = 0.026, three times that 0.08.
  const Said said =
      said_of(table_of({{70.3, 70.6, 70.1}, {70.2, 70.5, 70.25}, {69.5, 69.9, 69.8}}));
  EXPECT_EQ(said.sentences[1],
            "lr 1 over lr 3 by 0.6 ± 0.5 pp: not separable with 3 seeds among 3 points; 1 more "
            "would do");
}

}  // namespace
}  // namespace r50::sweep::judge
