#include "sweep/judge/effects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <map>

#include <nlohmann/json.hpp>

#include "judge_tables.h"

namespace r50::sweep::judge {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::map<std::string, Effect> by_name(const Effects& effects) {
  std::map<std::string, Effect> map;
  for (const Effect& effect : effects.parameters) map[effect.name] = effect;
  return map;
}

// a and b at the middles of equal cells of [0, 1].
std::vector<Group> square(int cells, const std::function<double(double, double)>& value) {
  Observations table;
  for (int i = 0; i < cells; ++i) {
    for (int j = 0; j < cells; ++j) {
      const double a = (i + 0.5) / cells;
      const double b = (j + 0.5) / cells;
      table.trials.push_back(finished({number("a", a), number("b", b)}, 0, value(a, b)));
    }
  }
  return groups(table);
}

std::vector<Group> random_points(int count, int parameters,
                                 const std::function<double(const std::vector<double>&)>& value) {
  Random random({.seed = 7, .stream = Stream::sample_content});
  Observations table;
  for (int i = 0; i < count; ++i) {
    PointValues point;
    std::vector<double> at;
    for (int j = 0; j < parameters; ++j) {
      at.push_back(random.uniform());
      point.push_back(number("p" + std::to_string(j), at.back()));
    }
    table.trials.push_back(finished(std::move(point), 0, value(at)));
  }
  return groups(table);
}

TEST(JudgeEffects, OfASumAreItsTermsVariances) {
  const Effects all = effects(square(10, [](double a, double b) { return 2 * a + b; }));
  auto found = by_name(all);
  EXPECT_NEAR(found["a"].share, 0.8, 0.03);
  EXPECT_NEAR(found["b"].share, 0.2, 0.03);
  EXPECT_EQ(all.remark, "");
  EXPECT_EQ(all.parameters[0].name, "a");
  EXPECT_EQ(all.parameters[0].points, 100);
}

TEST(JudgeEffects, ShowTheMeanAndSpreadOfEachValue) {
  // At lr 1: 1, 2 and 3; at lr 10: 4, 5 and 6; at lr 100: 8, 8 and 8.
  Observations table{"top1", Better::higher, {}};
  double value = 0;
  for (const double lr : {1, 10}) {
    for (int other = 0; other < 3; ++other) {
      table.trials.push_back(finished({number("lr", lr), number("x", other)}, 0, ++value));
    }
  }
  for (int other = 0; other < 3; ++other) {
    table.trials.push_back(finished({number("lr", 100), number("x", other)}, 0, 8));
  }
  const Effect lr = effects(groups(table)).parameters[0];
  EXPECT_EQ(lr.name, "lr");
  ASSERT_EQ(lr.levels.size(), 3U);
  EXPECT_EQ(lr.levels[1].label, "10");
  EXPECT_EQ(lr.levels[1].mean, 5);
  EXPECT_EQ(lr.levels[1].deviation, 1);
  EXPECT_EQ(lr.levels[2].deviation, 0);
  EXPECT_EQ(levels_text(lr), "1: 2.0 ± 1.0, 10: 5.0 ± 1.0, 100: 8 ± 0");
  // Squares: 54 by lr, 8/3 by x, and 4/3 left with 4 degrees of freedom, so that noise has 1/3.
  EXPECT_NEAR(lr.share, (54 - 2.0 / 3) / (58 + 1.0 / 3), 1e-12);
}

TEST(JudgeEffects, OfManyDifferentNumbersAreShownByRanges) {
  const auto found = by_name(effects(
      random_points(40, 2, [](const std::vector<double>& at) { return at[0] > 0.5 ? 1 : 0; })));
  const Effect& first = found.at("p0");
  ASSERT_EQ(first.levels.size(), 4U);
  EXPECT_THAT(first.levels[0].label, HasSubstr(" to "));
  EXPECT_NEAR(first.levels[0].mean, 0, 1e-12);
  EXPECT_NEAR(first.levels[3].mean, 1, 1e-12);
  EXPECT_GT(first.share, 0.7);
  EXPECT_LT(found.at("p1").share, 0.2);
}

TEST(JudgeEffects, EqualNumbersAreInOneRange) {
  // 16 points, 9 numbers: too many for a level each; 5 of the points have the number 5.
  std::vector<double> numbers = {1, 2, 3, 4, 5, 5, 5, 5, 5, 6, 6, 7, 8, 8, 9, 9};
  Observations table{"top1", Better::higher, {}};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto other = static_cast<double>(i);
    table.trials.push_back(finished({number("n", numbers[i]), number("i", other)}, 0, numbers[i]));
  }
  const auto found = by_name(effects(groups(table)));
  std::vector<std::string> labels;
  for (const Effect::Level& one : found.at("n").levels) labels.push_back(one.label);
  EXPECT_THAT(labels, ElementsAre("1 to 4", "5", "6 to 7", "8 to 9"));
}

TEST(JudgeEffects, ParametersWithoutTwoPointsAValueAreLeftOut) {
  Observations table{"top1", Better::higher, {}};
  for (int i = 0; i < 10; ++i) {
    table.trials.push_back(
        finished({word("name", "n" + std::to_string(i)), number("a", i % 2)}, 0, i));
  }
  const Effects all = effects(groups(table));
  ASSERT_EQ(all.parameters.size(), 1U);
  EXPECT_EQ(all.parameters[0].name, "a");
}

TEST(JudgeEffects, OfManyValuesTheFirstAreShown) {
  Effect effect;
  for (int i = 0; i < 20; ++i) effect.levels.push_back({std::to_string(i), 1.0, std::nullopt});
  EXPECT_THAT(levels_text(effect), EndsWith("11: 1 and 8 more"));
}

TEST(JudgeEffects, SayNothingOfTooFewTrials) {
  EXPECT_EQ(effects({}).remark,
            "too few trials: effects are estimated from 8 finished points on; 0 are there");
  const Effects few = effects(groups(table_of({{1}, {2}, {3}, {4}, {5}, {6}, {7}})));
  EXPECT_TRUE(few.parameters.empty());
  EXPECT_EQ(few.remark,
            "too few trials: effects are estimated from 8 finished points on; 7 are there");
  EXPECT_EQ(effects(groups(table_of({{1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}}))).remark, "");
}

TEST(JudgeEffects, DivergedPointsDoNotCount) {
  const double nan = std::nan("");
  const Effects few = effects(groups(table_of({{1}, {2}, {3}, {4}, {5}, {nan}, {7}, {nan}})));
  EXPECT_THAT(few.remark, EndsWith("8 finished points on; 6 are there"));
}

TEST(JudgeEffects, OfNoiseAreCalledNoise) {
  Random random({.seed = 3, .stream = Stream::sample_content});
  const Effects all =
      effects(random_points(60, 3, [&](const std::vector<double>&) { return random.normal(); }));
  for (const Effect& one : all.parameters) EXPECT_LT(one.share, 0.1) << one.name;
  EXPECT_THAT(all.remark, StartsWith("no parameter alone stands out"));
}

TEST(JudgeEffects, OfAConstantAreNone) {
  const Effects all = effects(square(4, [](double, double) { return 70; }));
  for (const Effect& effect : all.parameters) EXPECT_EQ(effect.share, 0);
  EXPECT_THAT(all.remark, StartsWith("no parameter alone stands out"));
}

TEST(JudgeEffects, WithoutVariedParametersSaysSo) {
  EXPECT_EQ(effects(groups({"top1",
                            Better::higher,
                            {finished({number("a", 1)}, 0, 1), finished({number("a", 1)}, 1, 1)}}))
                .remark,
            "too few trials: effects are estimated from 8 finished points on; 1 is there");
  Observations repeated{"top1", Better::higher, {}};
  for (int i = 0; i < 4; ++i) {
    for (const char* name : {"a", "b"}) {
      repeated.trials.push_back(finished({word(name, std::to_string(i))}, 0, i));
    }
  }
  EXPECT_THAT(effects(groups(repeated)).remark, StartsWith("no parameter has enough points"));
}

// ---- against Optuna and scikit-learn; see the script beside the data ----

struct RecordedSweep {
  std::vector<Group> rows;
  nlohmann::json said;
};

RecordedSweep recorded_sweep(const std::string& name) {
  std::ifstream file(R50_SOURCE_DIR "/tests/data/judge/importances.json");
  for (const auto& sweep : nlohmann::json::parse(file)) {
    if (sweep["name"] != name) continue;
    Observations table{"top1", Better::higher, {}};
    for (const auto& row : sweep["rows"]) {
      PointValues point;
      for (const auto& [key, value] : row[0].items()) {
        point.push_back(value.is_number() ? number(key, value) : word(key, value));
      }
      table.trials.push_back(finished(std::move(point), 0, row[1]));
    }
    return {groups(table), sweep};
  }
  ADD_FAILURE() << "no sweep " << name;
  return {};
}

// Optuna's shares are of all main effects.
std::map<std::string, double> main_shares(const Effects& effects, const nlohmann::json& judged) {
  std::map<std::string, double> shares;
  double sum = 0;
  for (const Effect& effect : effects.parameters) {
    if (!judged.contains(effect.name)) continue;
    shares[effect.name] = effect.share;
    sum += effect.share;
  }
  for (auto& [name, share] : shares) share /= sum;
  return shares;
}

std::vector<std::string> ranking(const std::map<std::string, double>& shares) {
  std::vector<std::string> names;
  for (const auto& [name, share] : shares) names.push_back(name);
  std::sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    return shares.at(a) > shares.at(b);
  });
  return names;
}

class JudgeEffectsRecorded : public ::testing::TestWithParam<const char*> {};

TEST_P(JudgeEffectsRecorded, AgreeWithOptunaAndScikitLearn) {
  const auto [rows, said] = recorded_sweep(GetParam());
  const Effects all = effects(rows);
  const auto optuna = said["fanova"].get<std::map<std::string, double>>();
  const auto ours = main_shares(all, said["fanova"]);
  ASSERT_EQ(ours.size(), optuna.size());
  EXPECT_EQ(ranking(ours), ranking(optuna));
  const auto& wanted = said.contains("least_squares") ? said["least_squares"] : said["fanova"];
  for (const auto& [name, share] : wanted.items()) {
    EXPECT_NEAR(ours.at(name), share.get<double>(), 0.07) << name;
  }
  EXPECT_EQ(all.remark, "");
  if (said.contains("permutation")) {
    const auto permuted = said["permutation"].get<std::map<std::string, double>>();
    EXPECT_EQ(ranking(ours)[0], ranking(permuted)[0]);
  }
}

INSTANTIATE_TEST_SUITE_P(, JudgeEffectsRecorded,
                         ::testing::Values("rates", "product", "grid", "conditional"),
                         [](const auto& one) { return std::string(one.param); });

TEST(JudgeEffectsConditional, OfAConditionalParameterAreAmongThePointsThatHaveIt) {
  const std::vector<Group> rows = recorded_sweep("conditional").rows;
  auto found = by_name(effects(rows));
  const Effect& rho = found.at("rho");
  EXPECT_TRUE(rho.conditional);
  EXPECT_FALSE(found.at("lr").conditional);
  std::int64_t having = 0;
  for (const Group& row : rows) having += find_setting(row.point, "rho") != nullptr ? 1 : 0;
  EXPECT_EQ(rho.points, having);
  EXPECT_GT(rho.share, 0.5);  // 0.82 by Optuna, of main effects alone and with finer ranges
}

}  // namespace
}  // namespace r50::sweep::judge
