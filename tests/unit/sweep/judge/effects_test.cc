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

using ::testing::StartsWith;

std::map<std::string, Effect> by_name(const Effects& effects) {
  std::map<std::string, Effect> map;
  for (const Effect& effect : effects.parameters) map[effect.name] = effect;
  return map;
}

// a and b at the middles of equal cells of [0, 1].
std::vector<Group> square(int cells, const std::function<double(double, double)>& value) {
  Table table;
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
  Table table;
  for (int i = 0; i < count; ++i) {
    Point point;
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
  EXPECT_NEAR(found["a"].alone, 0.8, 0.03);
  EXPECT_NEAR(found["b"].alone, 0.2, 0.03);
  EXPECT_NEAR(found["a"].with_others, 0.8, 0.05);
  EXPECT_GT(all.explained, 0.9);
  EXPECT_EQ(all.remark, "");
  EXPECT_EQ(all.parameters[0].name, "a");
  EXPECT_EQ(all.parameters[0].points, 100);
}

TEST(JudgeEffects, OfAPureInteractionAreNotAlone) {
  const auto found = by_name(
      effects(square(8, [](double a, double b) { return (a - 0.5) * (b - 0.5) > 0 ? 1 : 0; })));
  for (const char* name : {"a", "b"}) {
    EXPECT_LT(found.at(name).alone, 0.1);
    EXPECT_GT(found.at(name).with_others, 0.9);
  }
}

TEST(JudgeEffects, OfAProductHaveItsKnownShares) {
  // Of x y over the unit square, each factor alone has 3/7 of the variance, both together 1/7.
  const auto found = by_name(
      effects(random_points(400, 3, [](const std::vector<double>& at) { return at[0] * at[1]; })));
  EXPECT_NEAR(found.at("p0").alone, 3.0 / 7, 0.06);
  EXPECT_NEAR(found.at("p1").alone, 3.0 / 7, 0.06);
  EXPECT_NEAR(found.at("p0").with_others, 4.0 / 7, 0.06);
  EXPECT_LT(found.at("p2").with_others, 0.03);
}

TEST(JudgeEffects, OfEqualTermsAreEqual) {
  const auto found = by_name(effects(random_points(
      300, 4, [](const std::vector<double>& at) { return at[0] + at[1] + at[2] + at[3]; })));
  for (const auto& [name, effect] : found) EXPECT_NEAR(effect.alone, 0.25, 0.08) << name;
}

TEST(JudgeEffects, AreTheSameEveryTime) {
  const auto rows = square(5, [](double a, double b) { return std::sin(9 * a) + b; });
  EXPECT_EQ(effects(rows).parameters[0].alone, effects(rows).parameters[0].alone);
  EXPECT_EQ(effects(rows).parameters[1].with_others, effects(rows).parameters[1].with_others);
}

TEST(JudgeEffects, SayNothingOfTooFewTrials) {
  EXPECT_EQ(effects({}).remark,
            "too few trials: 0 finished points for 1 parameter; effects are "
            "told from 8 on");
  const Effects few = effects(groups(table_of({{1}, {2}, {3}, {4}, {5}, {6}, {7}})));
  EXPECT_TRUE(few.parameters.empty());
  EXPECT_EQ(few.remark,
            "too few trials: 7 finished points for 1 parameter; effects are told from 8 "
            "on");
  EXPECT_EQ(effects(groups(table_of({{1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}}))).remark, "");
}

TEST(JudgeEffects, DivergedPointsDoNotCount) {
  const double nan = std::nan("");
  const Effects few = effects(groups(table_of({{1}, {2}, {3}, {4}, {5}, {nan}, {7}, {nan}})));
  EXPECT_THAT(few.remark, StartsWith("too few trials: 6 finished points"));
}

TEST(JudgeEffects, OfNoiseAreCalledNoise) {
  Random random({.seed = 3, .stream = Stream::sample_content});
  const Effects all =
      effects(random_points(60, 3, [&](const std::vector<double>&) { return random.normal(); }));
  EXPECT_LE(all.explained, 0);
  EXPECT_THAT(all.remark, StartsWith("the parameters explain nothing"));
}

TEST(JudgeEffects, OfAConstantAreNone) {
  const Effects all = effects(square(4, [](double, double) { return 70; }));
  for (const Effect& effect : all.parameters) EXPECT_EQ(effect.with_others, 0);
  EXPECT_THAT(all.remark, StartsWith("the parameters explain nothing"));
}

TEST(JudgeEffects, WithoutVariedParametersSaysSo) {
  EXPECT_EQ(effects(groups({"top1",
                            Goal::maximize,
                            {finished({number("a", 1)}, 0, 1), finished({number("a", 1)}, 1, 1)}}))
                .remark,
            "too few trials: 1 finished points for 1 parameter; effects are told from 8 on");
}

// ---- against other programs; see the script beside the data ----

struct RecordedSweep {
  std::vector<Group> rows;
  nlohmann::json said;
};

RecordedSweep recorded_sweep(const std::string& name) {
  std::ifstream file(R50_SOURCE_DIR "/tests/data/judge/importances.json");
  for (const auto& sweep : nlohmann::json::parse(file)) {
    if (sweep["name"] != name) continue;
    Table table{"top1", Goal::maximize, {}};
    for (const auto& row : sweep["rows"]) {
      Point point;
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
    shares[effect.name] = effect.alone;
    sum += effect.alone;
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
  if (said.contains("least_squares")) {
    for (const auto& [name, share] : said["least_squares"].items()) {
      EXPECT_NEAR(ours.at(name), share.get<double>(), 0.03) << name;
    }
  } else {
    for (const auto& [name, share] : optuna) EXPECT_NEAR(ours.at(name), share, 0.07) << name;
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
  const auto [rows, said] = recorded_sweep("conditional");
  auto found = by_name(effects(rows));
  const Effect& rho = found.at("rho");
  EXPECT_TRUE(rho.conditional);
  EXPECT_FALSE(found.at("lr").conditional);
  std::int64_t having = 0;
  for (const Group& row : rows) having += find_setting(row.point, "rho") != nullptr ? 1 : 0;
  EXPECT_EQ(rho.points, having);
  EXPECT_NEAR(rho.alone, said["fanova_some"]["rho"].get<double>(), 0.1);
}

}  // namespace
}  // namespace r50::sweep::judge
