#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/toml_source.h"
#include "sweep/budget/second_stage.h"
#include "sweep/roster/corners.h"

namespace r50::sweep {
namespace {

using testing::SizeIs;

// Two finished points of `parameters`, and what r50run would say of them under [confirm] set.
class SecondStageRuns : public testing::Test {
 protected:
  void vary(const std::string& parameters) {
    Problems problems;
    const auto file = config::parse_toml(parameters, "s.toml", problems);
    sweep_.parameters = read_parameters(*file->table(), problems);
    EXPECT_EQ(problems.report(), "");
    sweep_.confirm.top = 2;
    sweep_.confirm.seeds = 3;
    for (const double at : {0.0, 1.0}) {
      Trial trial;
      trial.number = trial.point = static_cast<std::int64_t>(at);
      trial.id = "t" + std::to_string(trial.number);
      trial.at = {at};
      trial.state = TrialState::finished;
      trial.value = at;
      trials_.push_back(trial);
    }
  }

  static std::vector<Checked> answer(const std::vector<Settings>& variants) {
    std::vector<Checked> all;
    for (const Settings& settings : variants) {
      Checked one;
      std::string epochs = "2", decay = "0.9";
      for (const Setting& setting : settings) {  // of two words the later counts
        if (setting.key == "run.epochs") epochs = setting.value.toml();
        if (setting.key == "averaging.0.decay") decay = setting.value.toml();
      }
      one.epochs = std::atoi(epochs.c_str());
      one.resolved =
          "{run = {epochs = " + epochs + "}, averaging = [{use = \"ema\", decay = " + decay + "}]}";
      one.id = one.resolved;
      all.push_back(one);
    }
    return all;
  }

  SecondStage reviewed(bool merged) const {
    SecondStage second(sweep_, answer, merged);
    second.review(trials_);
    return second;
  }

  SweepFile sweep_;
  std::vector<Trial> trials_;
};

TEST_F(SecondStageRuns, AreOneForPointsThatDifferInTheirAverages) {
  vary("parameters.\"averaging.0.decay\".values = [0.5, 0.8]\n");
  EXPECT_THAT(reviewed(true).to_come(), SizeIs(3)) << "a run a seed, with both averages";
  EXPECT_EQ(reviewed(true).points_to_come(), 1);
  EXPECT_THAT(check_confirm(sweep_, trials_, answer, true), SizeIs(3));
  EXPECT_THAT(reviewed(false).to_come(), SizeIs(6)) << "each is a run of its own";
  EXPECT_THAT(check_confirm(sweep_, trials_, answer, false), SizeIs(6));
}

TEST_F(SecondStageRuns, AreOneForPointsThatConfirmSetMakesEqual) {
  vary("parameters.\"run.epochs\".values = [2, 3]\n");
  EXPECT_THAT(reviewed(true).to_come(), SizeIs(6));
  sweep_.confirm.set = {{"run.epochs", Value(4)}};
  EXPECT_THAT(reviewed(true).to_come(), SizeIs(3));
  Trial chosen = trials_[1];
  chosen.number = 2;
  chosen.stage = "confirm";
  trials_.push_back(chosen);
  EXPECT_THAT(reviewed(true).to_come(), SizeIs(0)) << "the other point's runs are these as well";
}

}  // namespace
}  // namespace r50::sweep
