#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "config/toml_source.h"
#include "r50/error.h"
#include "sweep/budget/budget.h"

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
  }
  std::string complaint(const char* text) const {
    try {
      refuse_too_small(*parse_limit(text), reserve_, cost_, sweep_);
    } catch (const WrongInput& error) {
      return error.what();
    }
    return "none";
  }

  SweepFile sweep_;
  SweepCost cost_;
  Reserve reserve_{9, 720'000, 0.01};  // nine runs of two hours each
};

TEST_F(SweepReserve, IsTheProductThatItsRuleSays) {
  EXPECT_DOUBLE_EQ(reserve_.use(*parse_limit("$25"), 2, 0.5), 1.05 * 9 * 720'000 * 0.01 / 3600 / 2);
  EXPECT_DOUBLE_EQ(reserve_.use(*parse_limit("40h"), 2, 0.5), 1.05 * 9 * 720'000 * 0.01 / 2)
      << "hours are of the clock: both slots work";
  EXPECT_EQ(within(without(*parse_limit("$25"), 20), cost_, 0.5).size(), 10u);
  EXPECT_EQ(within(without(*parse_limit("$25"), 30), cost_, 0.5).size(), 0u);
  EXPECT_EQ(within(without(*parse_limit("40h"), 30 * hour), cost_, 0.5).size(), 20u);
}

TEST_F(SweepReserve, ThatLeavesNothingForTheFirstStageIsRefused) {
  EXPECT_EQ(complaint("$25"), "none");
  EXPECT_EQ(complaint("$10"), "none");
  EXPECT_EQ(complaint("11h"), "none");
  EXPECT_THAT(
      complaint("$9.60"),
      HasSubstr("The budget of $9.60 does not pay for the second stage: for 3 points with 3 "
                "seeds each, $9.45 is reserved, and a point of the first stage takes "
                "$0.50. Take a larger budget, or less for [confirm] top or seeds"));
  EXPECT_THAT(complaint("10h"), HasSubstr("9 h 27 min is reserved"));
}

TEST_F(SweepReserve, OfWhichNothingIsKnownRefusesNothing) {
  reserve_.image_seconds = std::nullopt;
  EXPECT_EQ(complaint("$1"), "none");
}

// Three points, of which the first takes 10 seconds for an epoch of 100 images, the second 20; a
// run of the second stage has two epochs of 500.
class ReservedBudget : public testing::Test {
 protected:
  ReservedBudget() {
    sweep_.confirm.top = 1;
    sweep_.confirm.seeds = 2;
    sweep_.launcher.price_per_hour = 3600;
    Problems problems;
    const auto file = config::parse_toml("parameters.x.values = [1, 2, 3]\n", "s.toml", problems);
    sweep_.parameters = read_parameters(*file->table(), problems);
    for (std::size_t i = 0; i < trials_.size(); ++i) {
      trials_[i].number = trials_[i].point = static_cast<std::int64_t>(i);
      trials_[i].at = {static_cast<double>(i)};
      trials_[i].epochs = 1;
    }
  }
  void finish(std::size_t place, double seconds) {
    trials_[place].state = TrialState::finished;
    trials_[place].done = 1;
    trials_[place].value = 50;
    trials_[place].seconds = seconds;
  }
  std::unique_ptr<Budget> budget(const char* limit) const {
    auto made = std::make_unique<Budget>(*parse_limit(limit), sweep_, [](const Trial& trial) {
      return trial.stage.empty() ? Makeup{"small", 10, {}, 100} : Makeup{"large", 50, {}, 500};
    });
    Trial confirm;
    confirm.stage = "confirm";
    confirm.epochs = 2;
    made->expect_second_stage({confirm});
    made->review(trials_, {}, 1, 0);
    return made;
  }

  SweepFile sweep_;
  std::vector<Trial> trials_ = std::vector<Trial>(3);
};

TEST_F(ReservedBudget, ReservesByTheSlowestTimeOfAnImage) {
  finish(0, 10);
  finish(1, 20);  // 0.2 s an image: 1.05 x 1 x 2 x 1000 x 0.2 = 420; the third point takes 15
  EXPECT_TRUE(budget("$466")->fits(trials_[2], 1));
  EXPECT_FALSE(budget("$464")->fits(trials_[2], 1));
  EXPECT_EQ(budget("$464")->remark(), "");
  EXPECT_TRUE(budget("$464")->second_stage_fits());
}

TEST_F(ReservedBudget, ReservesNothingWhereNoTimeWasSeenAndSaysSo) {
  trials_[0].state = TrialState::running;
  trials_[0].done = 1;
  trials_[0].seconds = 19;  // of which nobody knows how much belongs to the second epoch
  const auto made = budget("$40");
  EXPECT_TRUE(made->fits(trials_[2], 1));
  EXPECT_THAT(made->remark(), HasSubstr("nothing is reserved for the second stage yet"));
  EXPECT_EQ(made->remark(), "") << "once";
}

}  // namespace
}  // namespace r50::sweep
