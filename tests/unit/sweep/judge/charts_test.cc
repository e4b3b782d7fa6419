#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "judge_tables.h"
#include "sweep/judge/charts.h"
#include "sweep/judge/groups.h"
#include "sweep/judge/varied_parameters.h"

namespace r50::sweep::judge {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using Scale = Parameter::Scale;

std::vector<Group> points_of(std::vector<PointValues> points) {
  Observations table;
  double value = 0;
  for (PointValues& point : points) table.trials.push_back(finished(std::move(point), 0, ++value));
  return groups(table);
}

TEST(JudgeParameters, GoByMagnitudesFromAFactorOf20On) {
  const auto scale = [](double low, double high) {
    return varied_parameters(points_of({{number("a", low)}, {number("a", high)}}))[0].scale;
  };
  EXPECT_EQ(scale(0.1, 2), Scale::logarithmic);
  EXPECT_EQ(scale(0.1, 1.99), Scale::linear);
  EXPECT_EQ(scale(0, 1000), Scale::linear);
  EXPECT_EQ(scale(-1, 1000), Scale::linear);
}

TEST(JudgeParameters, GoByMagnitudesOnlyWhereThatIsMoreEven) {
  EXPECT_TRUE(spans_magnitudes({0.001, 0.01, 0.03, 0.3}));
  EXPECT_FALSE(spans_magnitudes({0.01, 0.3, 0.6, 1}));
  EXPECT_FALSE(spans_magnitudes({5}));
}

TEST(JudgeParameters, AreThoseThatVary) {
  const auto varied = varied_parameters(points_of({
      {number("lr", 0.3), word("use", "sgd"), number("epochs", 9)},
      {number("lr", 0.1), word("use", "adam"), number("epochs", 9), number("rho", 1)},
  }));
  ASSERT_EQ(varied.size(), 3U);
  EXPECT_EQ(varied[0].name, "lr");
  EXPECT_THAT(varied[0].values, ElementsAre("0.1", "0.3"));
  EXPECT_TRUE(varied[0].everywhere);
  EXPECT_EQ(varied[1].scale, Scale::category);
  EXPECT_THAT(varied[1].values, ElementsAre("sgd", "adam"));
  EXPECT_FALSE(varied[2].everywhere);
}

TEST(JudgeParameters, OneWordAmongNumbersMakesCategories) {
  const auto varied =
      varied_parameters(points_of({{number("a", 3)}, {word("a", "auto")}, {number("a", 1)}}));
  EXPECT_EQ(varied[0].scale, Scale::category);
  EXPECT_THAT(varied[0].values, ElementsAre("3", "auto", "1"));
}

TEST(JudgeParameters, SpellingsOfANumberAreOneValue) {
  const auto varied =
      varied_parameters(points_of({{{"a", "0.1", 0.1}}, {{"a", "1e-1", 0.1}}, {number("a", 1)}}));
  EXPECT_THAT(varied[0].values, ElementsAre("0.1", "1"));
  EXPECT_EQ(level(varied[0], {{"a", "1e-1", 0.1}}), 0U);
}

TEST(JudgeParameters, HavePositions) {
  const Parameter log{"a", Scale::logarithmic, {"1", "10", "100"}, {1, 10, 100}, true};
  EXPECT_THAT(position(log, {number("a", 10)}), Optional(DoubleNear(0.5, 1e-12)));
  EXPECT_EQ(position(log, {number("b", 10)}), std::nullopt);
  const Parameter words{"a", Scale::category, {"x", "y", "z"}, {}, true};
  EXPECT_EQ(position(words, {word("a", "z")}), 1);
  const Parameter single{"a", Scale::linear, {"7"}, {7}, false};
  EXPECT_EQ(position(single, {number("a", 7)}), 0.5);
  EXPECT_NEAR(part_of_span(0, -1.7e308, 1.7e308, false), 0.5, 1e-12);
}

Group costing(double seconds, double value) {
  Group group;
  group.seconds = seconds;
  group.mean = value;
  return group;
}

TEST(JudgePareto, HoldsWhatNothingBeats) {
  const std::vector<Group> all{costing(30, 75), costing(10, 70), costing(20, 69), costing(20, 74),
                               costing(40, 74.9)};
  EXPECT_THAT(pareto_front(all, Better::higher), ElementsAre(1, 3, 0));
  EXPECT_THAT(pareto_front(all, Better::lower), ElementsAre(1, 2));
}

TEST(JudgePareto, KeepsEqualPointsAndDropsWhatHasNoNumbers) {
  EXPECT_THAT(pareto_front({costing(1, 5), costing(1, std::nan("")), costing(1, 5), costing(2, 5),
                            costing(1, 4), costing(std::nan(""), 9)},
                           Better::higher),
              ElementsAre(0, 2));
  EXPECT_THAT(pareto_front({}, Better::lower), IsEmpty());
}

TEST(JudgeParallel, LinesCrossEveryAxisTheyHave) {
  Observations table{"top1", Better::higher, {}};
  table.trials = {
      finished({number("lr", 0.01), word("use", "sgd")}, 0, 60),
      finished({number("lr", 1), word("use", "sam"), number("rho", 2)}, 0, 80),
      finished({number("lr", 0.1), word("use", "sgd")}, 0, 75),
      finished({number("lr", 0.5), word("use", "sgd")}, 0, std::nan("")),
  };
  const auto shown = parallel_coordinates(groups(table), table.metric);
  ASSERT_EQ(shown.axes.size(), 4U);
  EXPECT_EQ(shown.axes[0].scale, Scale::logarithmic);
  EXPECT_THAT(shown.axes[0].labels, ElementsAre("0.01", "0.1", "1"));
  EXPECT_THAT(shown.axes[0].marks, ElementsAre(0, DoubleNear(0.5, 1e-12), 1));
  EXPECT_THAT(shown.axes[1].labels, ElementsAre("sgd", "sam"));
  EXPECT_THAT(shown.axes[2].marks, ElementsAre(0.5));
  EXPECT_EQ(shown.axes[3].name, "top1");
  ASSERT_EQ(shown.lines.size(), 3U);
  EXPECT_EQ(shown.lines[2].group, 2U);
  EXPECT_EQ(shown.lines[2].at[1], 0);
  EXPECT_EQ(shown.lines[2].at[2], std::nullopt);
  EXPECT_EQ(shown.lines[2].at[3], 0.75);
}

TEST(JudgeParallel, ManyValuesHaveRoundMarksAndBothEnds) {
  std::vector<std::vector<double>> values;
  for (int i = 0; i < 43; ++i) values.push_back({0.5});
  const auto shown = parallel_coordinates(groups(table_of(values)), "loss");
  EXPECT_THAT(shown.axes[0].labels, ElementsAre("1", "10", "20", "30", "43"));
  EXPECT_THAT(shown.axes[1].labels, ElementsAre("0.5"));  // all alike
  EXPECT_EQ(shown.lines[0].at[1], 0.5);
  EXPECT_THAT(parallel_coordinates({}, "loss").axes, IsEmpty());
}

TEST(JudgeHeatMap, HasMeansOverSeedsAndHoles) {
  Observations table{"top1", Better::higher, {}};
  const auto at = [](double lr, double batch) {
    return PointValues{number("lr", lr), number("batch", batch)};
  };
  table.trials = {finished(at(0.2, 64), 0, 70), finished(at(0.2, 64), 1, 72),
                  finished(at(0.1, 64), 0, 60), finished(at(0.1, 128), 0, std::nan(""))};
  const std::vector<Group> all = groups(table);
  const std::vector<Parameter> varied = varied_parameters(all);
  const HeatMap map = heat_map(all, varied[0], varied[1]);
  EXPECT_EQ(map.row_name, "lr");
  EXPECT_THAT(map.rows, ElementsAre("0.1", "0.2"));
  EXPECT_THAT(map.columns, ElementsAre("64", "128"));
  EXPECT_EQ(map.cells[1][0].mean, 71);
  EXPECT_EQ(map.cells[1][0].trials, 2);
  EXPECT_EQ(map.cells[0][1].mean, std::nullopt);
  EXPECT_EQ(map.cells[0][1].diverged, 1);
  EXPECT_EQ(map.cells[1][1].mean, std::nullopt);
  EXPECT_EQ(map.cells[1][1].diverged, 0);
}

TEST(JudgeHeatMap, AveragesOverFurtherParameters) {
  const auto three = points_of({{number("a", 1), number("b", 1), number("c", 1)},
                                {number("a", 1), number("b", 2), number("c", 2)},
                                {number("a", 1), number("b", 2), number("c", 3)},
                                {number("a", 2), number("b", 1), number("c", 1)}});
  const std::vector<Parameter> varied = varied_parameters(three);
  const HeatMap map = heat_map(three, varied[1], varied[0]);
  EXPECT_EQ(map.cells[1][0].mean, 2.5);
  EXPECT_EQ(map.cells[1][1].trials, 0);
}

}  // namespace
}  // namespace r50::sweep::judge
