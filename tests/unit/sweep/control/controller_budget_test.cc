#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "played_controller.h"
#include "sweep/roster/opened_sweep.h"

namespace r50::sweep {
namespace {

using testing::HasSubstr;

// Nine points with two seeds, 20 seconds a trial, a dollar a second.
TEST_F(SweepController, SpendsMoneyOnFirstSeedsFirstAndStopsInTime) {
  vary(
      "parameters.x.values = [1, 2, 3]\nparameters.y.values = [1, 2, 3]\n"
      "parameters.\"run.epochs\".value = 2\n");
  sweep_.seeds = 2;
  sweep_.launcher.price_per_hour = 3600;
  sweep_.budget = "$200";
  launcher_->tick = 10;
  launcher_->play = [&](const PlayedLauncher::Played& one) { return train(one, x_of(one), 2); };
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(finished(), 10);
  for (const Trial& trial : trials_) {
    if (trial.replicate == 0) {
      EXPECT_EQ(trial.state, TrialState::finished) << trial.sets();
    }
  }
  EXPECT_THAT(told_, HasSubstr("left out by the budget (used $200.00 of $200): 8 trials"));
  EXPECT_THAT(told_, HasSubstr("run.seed=2"));

  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(launcher_->order.size(), 10u) << "nothing is left to spend";
  sweep_.budget = "$1000";
  told_.clear();
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(finished(), 18);
  EXPECT_EQ(launcher_->order.size(), 18u) << "none was begun twice";
  EXPECT_EQ(told_, "");
}

TEST_F(SweepController, EndsByTheClockWithAllSlotsAtWork) {
  vary(
      "parameters.x.values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]\n"
      "parameters.\"run.epochs\".value = 2\n");
  sweep_.budget = "2 minutes";  // six trials a slot
  launcher_->tick = 10;
  launcher_->play = [&](const PlayedLauncher::Played& one) { return train(one, x_of(one), 2); };
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(finished(), 12);
  EXPECT_LE(clock_.now, 130);
  EXPECT_THAT(told_, HasSubstr("2 trials"));
}

// A promise that was broken once is not kept up: more than a twentieth over is too much.
TEST_F(SweepController, LetsTrialsSaveAndLeaveThatTakeMuchLongerThanForetold) {
  vary(
      "parameters.\"run.epochs\".value = 4\n[[trial]]\nx = 1\n[[trial]]\nx = 2\n[[trial]]\nx = "
      "3\n");
  sweep_.method = Method::list;
  sweep_.launcher.price_per_hour = 3600;
  sweep_.budget = "$140";
  launcher_->tick = 10;
  bool slow = true;
  launcher_->play = [&](const PlayedLauncher::Played& one) {
    if (x_of(one) == 3 && epochs_done(one.folder) == 1 && slow) return false;
    return train(one, x_of(one), 4);
  };
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(finished(), 2);
  ASSERT_EQ(launcher_->ended.size(), 1u);
  EXPECT_EQ(launcher_->ended[0].second, Launcher::How::gently);
  EXPECT_THAT(told_, HasSubstr("the budget is used up (used $150.00 of $140)"));
  EXPECT_THAT(told_, HasSubstr("(stands at epoch 1 of 4)"));
  EXPECT_EQ(trials_[2].state, TrialState::waiting);
  EXPECT_EQ(trials_[2].faults, 0) << "it is to blame for nothing";
  slow = false;
  sweep_.budget = "$500";
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(finished(), 3);
}

// What has no promise yet is begun; a search is asked for no point that could not be paid.
TEST_F(SweepController, EndsASearchThatMakesUpItsTrialsAsItGoes) {
  vary("parameters.x = {min = 0.0, max = 4.0}\nparameters.\"run.epochs\".value = 2\n");
  sweep_.method = Method::tpe;
  sweep_.run_cap = 50;
  sweep_.launcher.price_per_hour = 3600;
  sweep_.budget = "$90";
  launcher_->tick = 10;
  launcher_->play = [&](const PlayedLauncher::Played& one) { return train(one, x_of(one), 2); };
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(finished(), 4);
  EXPECT_EQ(trials_.size(), 4u);
  EXPECT_THAT(told_, HasSubstr("the budget ended the search before run_cap did"));
}

// What a trial ran for while no controller lived is paid as well.
TEST_F(SweepController, CountsTheTimeThatAKilledControllerDidNotSee) {
  vary("parameters.x.values = [1, 2]\nparameters.\"run.epochs\".value = 2\n");
  clock_.wall = 1000;
  int rounds = 0;
  run([&] { return ++rounds > 1; });
  {
    const auto ledger = open_ledger(base::real_files(), folder_->path(), [](auto&) {});
    for (Trial trial : ledger->trials()) {
      EXPECT_EQ(trial.began, 1000);
      trial.state = TrialState::running;
      trial.seconds = 5;  // of an earlier start
      ledger->put(trial);
      base::replace_whole(base::real_files(), *folder_ / (trial.id + "/lease"), "who knows\n");
      base::replace_whole(base::real_files(), *folder_ / (trial.id + "/exit"), "75\n");
    }
  }
  clock_.wall = 1060;
  launcher_->play = [&](const PlayedLauncher::Played& one) { return train(one, 50, 2); };
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(finished(), 2);
  // It ended at some moment up to now; the files here are of the real now, later than this clock's.
  EXPECT_DOUBLE_EQ(trials_[0].seconds, 5 + 60 + 2);
}

}  // namespace
}  // namespace r50::sweep
