#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "played_controller.h"

namespace r50::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// Twelve points, the later the better; a trial of the first stage takes 20 seconds, of the second
// 40, and a second costs a dollar.
class SecondStageBudget : public SweepController {
 protected:
  void SetUp() override {
    SweepController::SetUp();
    vary(
        "parameters.x.values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]\n"
        "parameters.\"run.epochs\".value = 2\n");
    sweep_.confirm.top = 2;
    sweep_.confirm.seeds = 3;
    sweep_.confirm.set = {{"run.epochs", Value(4)}};
    sweep_.launcher.price_per_hour = 3600;
    begin_anew(2);
  }

  void begin_anew(int slots) {
    folder_.emplace();
    told_.clear();
    begun_.clear();
    launcher_ = std::make_unique<PlayedLauncher>(clock_, slots);
    launcher_->tick = 10;
    launcher_->play = [this](const PlayedLauncher::Played& one) {
      if (epochs_done(one.folder) == 0) begun_.push_back(one.folder);
      return train(one, x_of(one), epochs_of(one));
    };
  }

  static int epochs_of(const PlayedLauncher::Played& one) {
    int epochs = 2;  // of two words the later counts
    for (const std::string& word : one.argv) {
      if (word.rfind("run.epochs=", 0) == 0) epochs = std::atoi(word.c_str() + 11);
    }
    return epochs;
  }

  double spent() const {
    double seconds = 0;
    for (const Trial& trial : trials_) seconds += trial.seconds;
    return seconds;
  }
  int count(const std::string& stage, TrialState state) const {
    return static_cast<int>(std::count_if(trials_.begin(), trials_.end(), [&](const Trial& trial) {
      return trial.stage == stage && trial.state == state;
    }));
  }
  // Values of x in the stage, the best first.
  std::vector<int> points(const std::string& stage, TrialState state) const {
    std::set<int, std::greater<>> all;
    for (const Trial& trial : trials_) {
      if (trial.stage != stage || trial.state != state) continue;
      for (const std::string& word : trial.words) {
        if (word.rfind("x=", 0) == 0) all.insert(std::atoi(word.c_str() + 2));
      }
    }
    return {all.begin(), all.end()};
  }
  void expect_nothing_twice() const {
    EXPECT_EQ(std::set<std::string>(begun_.begin(), begun_.end()).size(), begun_.size());
  }
  void expect_the_best_of_the_done() const {
    std::vector<int> best = points("", TrialState::finished);
    best.resize(std::min<std::size_t>(best.size(), static_cast<std::size_t>(sweep_.confirm.top)));
    EXPECT_EQ(points("confirm", TrialState::finished), best);
  }

  std::vector<std::string> begun_;  // folders, in the order of their first epochs
};

TEST_F(SecondStageBudget, IsPaidForAlthoughPointsOfTheFirstAreLeftOut) {
  sweep_.budget = "$400";  // 240 of it for the second stage, and a twentieth of that
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(count("", TrialState::finished), 7);
  EXPECT_EQ(count("confirm", TrialState::finished), 6);
  EXPECT_LE(spent(), 400);
  expect_the_best_of_the_done();
  EXPECT_THAT(told_, HasSubstr("second stage: 6 trials of the best points, of those done: the "
                               "budget leaves no room for the others"));
  EXPECT_THAT(told_, HasSubstr("left out by the budget (used $380.00 of $400): 5 trials\n"));
  const std::size_t starts = launcher_->order.size();
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(launcher_->order.size(), starts) << "the same again does nothing";
}

TEST_F(SecondStageBudget, IsTimeOfTheClockAsWell) {
  sweep_.budget = "4 minutes";  // the second stage takes 120 seconds on two slots
  const double from = clock_.now;
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(count("", TrialState::finished), 10);
  EXPECT_EQ(count("confirm", TrialState::finished), 6);
  EXPECT_LE(clock_.now - from, 240 + 10);  // one look more, to see that nothing is left
  expect_the_best_of_the_done();
}

// Whatever the money: the second stage is whole, on the best that there are, and in the budget.
TEST_F(SecondStageBudget, IsWholeWhateverTheBudget) {
  int turn = 0;
  for (const int top : {1, 2, 4}) {
    for (const int seeds : {1, 3}) {
      for (const int share : {2, 7}) {  // tenths of what the first takes, beside the second
        sweep_.confirm.top = top;
        sweep_.confirm.seeds = seeds;
        const int slots = 1 + turn++ % 3;
        const int dollars = 42 * top * seeds + 20 * slots + 240 * share / 10;
        sweep_.budget = "$" + std::to_string(dollars);
        SCOPED_TRACE(sweep_.budget + ": " + std::to_string(top) + " points, " +
                     std::to_string(seeds) + " seeds, " + std::to_string(slots) + " slots");
        begin_anew(slots);
        ASSERT_EQ(run(), Exit::done);
        EXPECT_EQ(count("confirm", TrialState::waiting), 0);
        EXPECT_GE(count("confirm", TrialState::finished),
                  seeds * std::min(top, count("", TrialState::finished)));
        EXPECT_LE(spent(), dollars);
        std::vector<int> best = points("", TrialState::finished);
        best.resize(std::min<std::size_t>(best.size(), static_cast<std::size_t>(top)));
        EXPECT_THAT(points("confirm", TrialState::finished), testing::IsSupersetOf(best));
        expect_nothing_twice();
      }
    }
  }
}

// What was left out is run, and what is now among the best is run again; the others keep what they
// have.
TEST_F(SecondStageBudget, GrowsWithALargerBudget) {
  sweep_.budget = "$400";
  EXPECT_EQ(run(), Exit::done);
  const std::vector<int> first = points("confirm", TrialState::finished);
  ASSERT_EQ(count("confirm", TrialState::finished), 6);
  ASSERT_THAT(first, Not(ElementsAre(12, 11)));
  sweep_.budget = "$2000";
  told_.clear();
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(count("", TrialState::finished), 12);
  std::set<int, std::greater<>> all(first.begin(), first.end());
  all.insert({12, 11});
  EXPECT_EQ(points("confirm", TrialState::finished), std::vector<int>(all.begin(), all.end()));
  EXPECT_EQ(count("confirm", TrialState::finished), static_cast<int>(3 * all.size()));
  expect_nothing_twice();
  EXPECT_THAT(told_, Not(HasSubstr("left out")));
}

// Before a trial has ended, nothing is reserved. Then all that is left goes to the second stage.
TEST_F(SecondStageBudget, EndsTheFirstStageWhereTheReserveIsMoreThanIsLeft) {
  sweep_.budget = "$200";
  begin_anew(1);
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(count("", TrialState::finished), 1);
  EXPECT_EQ(count("confirm", TrialState::finished), 3);
  EXPECT_LE(spent(), 200);
  EXPECT_THAT(told_, HasSubstr("nothing is reserved for the second stage yet"));
  sweep_.budget = "$1000";
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(count("", TrialState::finished), 12);
  EXPECT_THAT(points("confirm", TrialState::finished), testing::IsSupersetOf({12, 11}));
  expect_nothing_twice();
}

TEST_F(SecondStageBudget, EndsASearchInTimeForIt) {
  vary("parameters.x = {min = 0.0, max = 4.0}\nparameters.\"run.epochs\".value = 2\n");
  sweep_.method = Method::tpe;
  sweep_.run_cap = 50;
  sweep_.budget = "$400";
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(count("", TrialState::finished), 7);
  EXPECT_EQ(count("confirm", TrialState::finished), 6);
  EXPECT_THAT(told_, HasSubstr("the budget ended the search before run_cap did"));
}

TEST_F(SecondStageBudget, EndsRungsInTimeForIt) {
  sweep_.stop.type = StopRule::asha;
  sweep_.stop.min_iter = 1;
  sweep_.stop.eta = 2;
  sweep_.budget = "$340";
  EXPECT_EQ(run(), Exit::done);
  EXPECT_GT(count("", TrialState::waiting), 0);
  EXPECT_EQ(count("confirm", TrialState::waiting), 0);
  EXPECT_GE(count("confirm", TrialState::finished), 3);
  EXPECT_LE(spent(), 340);
}

// A controller that dies before or after the second stage was chosen is followed by one that comes
// to the same.
TEST_F(SecondStageBudget, SurvivesTheDeathOfTheController) {
  sweep_.budget = "$400";
  begin_anew(1);
  ASSERT_EQ(run(), Exit::done);
  ASSERT_EQ(launcher_->order.size(), 7u + 6);
  const auto outcome = [&] {
    std::vector<std::string> all;
    for (const Trial& trial : trials_) all.push_back(trial.sets() + " " + text_of(trial.state));
    return all;
  };
  const std::vector<std::string> wanted = outcome();
  for (const int start : {1, 7, 8, 9, 13}) {
    SCOPED_TRACE(start);
    begin_anew(1);
    launcher_->death = {start, false};
    EXPECT_THROW(run(), DeadController);
    EXPECT_EQ(run(), Exit::done);
    EXPECT_EQ(outcome(), wanted);
    expect_nothing_twice();
  }
  for (const int moment : {11, 12, 13, 14, 15}) {  // the first stage ends with the 14th epoch
    SCOPED_TRACE(moment);
    begin_anew(1);
    const auto play = launcher_->play;
    int moments = 0;
    launcher_->play = [&](const PlayedLauncher::Played& one) {
      if (++moments == moment) throw DeadController();
      return play(one);
    };
    EXPECT_THROW(run(), DeadController);
    EXPECT_EQ(run(), Exit::done);
    // What the trial under way ran for unseen this clock does not know: a point more may fit.
    EXPECT_EQ(count("confirm", TrialState::finished), 6);
    expect_the_best_of_the_done();
    expect_nothing_twice();
  }
}

}  // namespace
}  // namespace r50::sweep
