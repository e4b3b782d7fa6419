#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/toml_source.h"
#include "r50/error.h"
#include "sweep/budget/budget.h"
#include "sweep/budget/reserve.h"

namespace r50::sweep {
namespace {

using testing::HasSubstr;

constexpr double hour = 3600;

class SweepReserve : public testing::Test {
 protected:
  SweepReserve() {
    sweep_.confirm.top = 3;
    sweep_.confirm.seeds = 3;
    sweep_.launcher.price_per_hour = 0.5;
    cost_.slots = 2;
    for (int i = 0; i < 24; ++i) cost_.trials.push_back({9, 1 * hour, {}, {}});
    for (int i = 0; i < 9; ++i) cost_.confirm.push_back({18, 2 * hour, {}, {}});
  }
  std::string complaint(const char* text) const {
    try {
      refuse_too_small(*parse_limit(text), cost_, sweep_);
    } catch (const WrongInput& error) {
      return error.what();
    }
    return "none";
  }

  SweepFile sweep_;
  SweepCost cost_;
};

TEST_F(SweepReserve, IsWhatTheSecondStageUsesInTheUnitOfTheBudget) {
  EXPECT_DOUBLE_EQ(*second_stage_use(*parse_limit("$25"), cost_, 0.5), 9);
  EXPECT_DOUBLE_EQ(*second_stage_use(*parse_limit("40h"), cost_, 0.5), 10 * hour)
      << "nine trials on two slots are five rounds";
  EXPECT_EQ(within(without(*parse_limit("$25"), 20), cost_, 0.5).size(), 10u);
  EXPECT_EQ(within(without(*parse_limit("$25"), 30), cost_, 0.5).size(), 0u);
  EXPECT_EQ(within(without(*parse_limit("40h"), 30 * hour), cost_, 0.5).size(), 20u);
  cost_.confirm[4].seconds = std::nullopt;
  EXPECT_FALSE(second_stage_use(*parse_limit("$25"), cost_, 0.5));
}

TEST_F(SweepReserve, ThatLeavesNothingForTheFirstStageIsRefused) {
  EXPECT_EQ(complaint("$25"), "none");
  EXPECT_EQ(complaint("$10"), "none");
  EXPECT_EQ(complaint("12h"), "none");
  EXPECT_THAT(
      complaint("$9.60"),
      HasSubstr("The budget of $9.60 does not pay for the second stage: 3 points with 3 "
                "seeds each take about $9.00, a point of the first stage $0.50. Take a "
                "larger budget, or less for [confirm] top or seeds, or take [confirm] away"))
      << "a twentieth is kept in hand";
  EXPECT_THAT(complaint("11h"), HasSubstr("take about 10 h 00 min"));
}

TEST_F(SweepReserve, OfWhichNobodyKnowsAnythingRefusesNothing) {
  cost_.confirm[0].seconds = std::nullopt;
  EXPECT_EQ(complaint("$1"), "none");
  cost_.confirm.clear();
  EXPECT_EQ(complaint("$1"), "none");
}

// The second stage's images are larger, and no run shows how long such ones take: a guess by the
// steps is better than nothing, and is said to be one.
TEST(SweepBudget, GuessesWhatTheSecondStageTakesWhereNothingTells) {
  Problems problems;
  const auto file = config::parse_toml("parameters.x.values = [1, 2, 3]\n", "s.toml", problems);
  SweepFile sweep;
  sweep.parameters = read_parameters(*file->table(), problems);
  sweep.confirm.top = 1;
  sweep.confirm.seeds = 2;
  sweep.launcher.price_per_hour = 3600;
  const MakeupOf makeup = [](const Trial& trial) {
    return trial.stage.empty() ? Makeup{"small", 10, {}} : Makeup{"large", 50, {}};
  };
  const Ask ask = [](const std::vector<Settings>& variants) {
    Checked good;
    good.id = "confirmed";
    good.epochs = 2;
    return std::vector<Checked>(variants.size(), good);
  };
  std::vector<Trial> trials(3);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    trials[i].number = trials[i].point = static_cast<std::int64_t>(i);
    trials[i].at = {static_cast<double>(i)};
    trials[i].epochs = 1;
  }
  trials[0].state = TrialState::finished;
  trials[0].done = 1;
  trials[0].value = 50;
  trials[0].seconds = 10;  // a second a step: 2 x 100 in the second stage, and a twentieth of that
  const auto fits = [&](const char* limit) {
    Budget budget(*parse_limit(limit), sweep, makeup, ask);
    budget.review(trials, {}, 1, 0);
    EXPECT_THAT(budget.remark(), HasSubstr("trials of the second stage take is not known"));
    EXPECT_EQ(budget.remark(), "") << "once";
    return budget.fits(trials[1], 1);
  };
  EXPECT_TRUE(fits("$231"));
  EXPECT_FALSE(fits("$229"));
}

}  // namespace
}  // namespace r50::sweep
