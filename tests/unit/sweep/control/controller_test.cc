#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "played_controller.h"
#include "sweep/roster/opened_sweep.h"

namespace r50::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// The issue's own figures: nothing for max(20 times the usual gap, 10 minutes).
TEST_F(SweepController, EndsATrialThatHangsAndStartsItAgain) {
  vary("parameters.x.values = [1, 2]\nparameters.\"run.epochs\".value = 4\n");
  launcher_->tick = 45;  // of which 20 are 15 minutes
  bool hung = false;
  double hung_at = 0;
  launcher_->play = [&](const PlayedLauncher::Played& one) {
    if (x_of(one) == 1 && epochs_done(one.folder) == 2 && !(hung && launcher_->order.size() > 2)) {
      if (!hung) hung_at = clock_.now;
      hung = true;
      return false;
    }
    return train(one, 50, 4);
  };
  EXPECT_EQ(run(), Exit::done);
  ASSERT_EQ(launcher_->ended.size(), 1u);
  EXPECT_EQ(launcher_->ended[0].second, Launcher::How::at_once);
  EXPECT_EQ(trials_[0].faults + trials_[1].faults, 1);
  EXPECT_EQ(trials_[0].state, TrialState::finished);
  EXPECT_EQ(trials_[1].state, TrialState::finished);
  EXPECT_THAT(told_, HasSubstr("has written nothing for 15 minutes"));
  EXPECT_TRUE(base::real_files().exists(*folder_ / (launcher_->order[0] + "/hang.txt")));
}

// A cluster that takes one at a time of those that it said to have room for.
TEST_F(SweepController, StartsLaterWhatIsNotTakenNow) {
  vary("parameters.x.values = [1, 2, 3, 4]\nparameters.\"run.epochs\".value = 2\n");
  launcher_->takes = 0;
  int moments = 0;
  launcher_->play = [&](const PlayedLauncher::Played& one) { return train(one, 50, 2); };
  const auto later = [&] {
    if (++moments == 5) launcher_->takes = 1;
    return false;
  };
  EXPECT_EQ(run(later), Exit::done);
  EXPECT_GE(moments, 5);
  EXPECT_EQ(launcher_->order.size(), 4u);
  for (const Trial& trial : trials_) EXPECT_EQ(trial.state, TrialState::finished);
}

TEST_F(SweepController, LeavesASlowTrialAlone) {
  vary("parameters.x.values = [1, 2]\nparameters.\"run.epochs\".value = 3\n");
  launcher_->tick = 3000;  // 50 minutes from row to row; 20 of them are no hang
  int rests = 0;
  launcher_->play = [&](const PlayedLauncher::Played& one) {
    if (epochs_done(one.folder) == 2 && rests < 20) {
      ++rests;
      return false;
    }
    return train(one, 50, 3);
  };
  EXPECT_EQ(run(), Exit::done);
  EXPECT_TRUE(launcher_->ended.empty());
}

TEST_F(SweepController, PromotesByCheckpoint) {
  vary("parameters.x.values = [5, 9, 1, 4, 8, 2, 7, 3, 6]\nparameters.\"run.epochs\".value = 9\n");
  sweep_.stop.type = StopRule::asha;
  launcher_->play = [&](const PlayedLauncher::Played& one) {
    return train(one, 10 * x_of(one), 9);
  };
  EXPECT_EQ(run(), Exit::done);
  int epochs = 0, finished = 0;
  for (const Trial& trial : trials_) {
    epochs += epochs_done(*folder_ / trial.id);
    finished += trial.state == TrialState::finished ? 1 : 0;
    EXPECT_NE(trial.state, TrialState::running);
  }
  // A line for each rung that a trial came to, and none for those that are given up there.
  int paused = 0;
  for (const Trial& trial : settled_) paused += trial.state == TrialState::paused ? 1 : 0;
  EXPECT_EQ(settled_.size(), static_cast<std::size_t>(paused + finished));
  EXPECT_EQ(paused, 9 + 3);
  EXPECT_GE(finished, 1);
  EXPECT_EQ(trials_[1].state, TrialState::finished) << "the best one";
  EXPECT_LT(epochs, 9 * 9 / 2) << "most were not trained to their end";
}

TEST_F(SweepController, EndsWhatIsBelowTheMedian) {
  vary("parameters.x.values = [1, 2, 3, 4, 5, 6]\nparameters.\"run.epochs\".value = 8\n");
  sweep_.stop.type = StopRule::median;
  sweep_.stop.min_iter = 2;
  sweep_.stop.min_trials = 2;
  launcher_->play = [&](const PlayedLauncher::Played& one) {
    return train(one, 100 - 10 * x_of(one), 8);
  };
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(trials_[0].state, TrialState::finished);
  EXPECT_EQ(trials_[5].state, TrialState::stopped);
  EXPECT_EQ(trials_[5].message, "below the median of the others");
  EXPECT_LT(epochs_done(*folder_ / trials_[5].id), 8);
}

TEST_F(SweepController, GivesUpAfterTooManyFaults) {
  vary("parameters.x.values = [1, 2]\n");
  sweep_.retry.times = 2;
  EXPECT_EQ(run(), Exit::failed);
  EXPECT_EQ(launcher_->order.size(), 2u * 3);
  EXPECT_EQ(trials_[0].state, TrialState::failed);
  EXPECT_THAT(trials_[0].message, HasSubstr("given up after 3 faults; the last: it was killed"));
}

TEST_F(SweepController, RunsTheBestPointsAgain) {
  vary("parameters.x.values = [1, 3, 2]\nparameters.\"run.epochs\".value = 2\n");
  sweep_.confirm.top = 2;
  sweep_.confirm.seeds = 3;
  sweep_.confirm.set = {{"run.epochs", Value(4)}};
  launcher_->play = [&](const PlayedLauncher::Played& one) {
    int epochs = 2;
    for (const std::string& word : one.argv) {
      if (word.rfind("run.epochs=", 0) == 0) epochs = std::atoi(word.c_str() + 11);
    }
    return train(one, x_of(one), epochs);
  };
  EXPECT_EQ(run(), Exit::done);
  ASSERT_EQ(trials_.size(), 3u + 2 * 3);
  EXPECT_EQ(trials_[3].stage, "confirm");
  EXPECT_THAT(trials_[3].words, ElementsAre("x=3", "run.epochs=4", "run.seed=2"));
  EXPECT_THAT(trials_[8].words, ElementsAre("x=2", "run.epochs=4", "run.seed=4"));
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(trials_.size(), 9u) << "the same again adds nothing";
}

// A cluster's queue may be long: hours in it are neither hanging, nor paid for.
TEST_F(SweepController, WaitingForATurnIsNotHanging) {
  vary("parameters.x.values = [1]\nparameters.\"run.epochs\".value = 2\n");
  launcher_->tick = 45;
  int turns = 0;
  launcher_->living_are = [&] { return ++turns < 100 ? Life::queued : Life::alive; };
  launcher_->play = [&](const PlayedLauncher::Played& one) {
    return turns >= 100 && train(one, 50, 2);
  };
  EXPECT_EQ(run(), Exit::done);
  EXPECT_TRUE(launcher_->ended.empty());
  EXPECT_EQ(trials_[0].state, TrialState::finished);
  EXPECT_LT(trials_[0].seconds, 10 * launcher_->tick);
}

// An hour without an answer, in which files do not come either.
TEST_F(SweepController, AnEngineThatDoesNotAnswerIsNoHangingTrial) {
  vary("parameters.x.values = [1]\nparameters.\"run.epochs\".value = 2\n");
  launcher_->tick = 45;
  int looks = 0;
  launcher_->living_are = [&] {
    ++looks;
    return looks > 2 && looks < 80 ? Life::unknown : Life::alive;
  };
  launcher_->play = [&](const PlayedLauncher::Played& one) {
    return looks >= 85 && train(one, 50, 2);
  };
  EXPECT_EQ(run(), Exit::done);
  EXPECT_TRUE(launcher_->ended.empty());
  EXPECT_EQ(trials_[0].faults, 0);
}

// Its start was lost between the controller and the cluster, more often than faults are forgiven.
TEST_F(SweepController, AStartThatNeverCameToBeIsNoFault) {
  vary("parameters.x.values = [1]\nparameters.\"run.epochs\".value = 1\n");
  launcher_->living_are = [&] { return launcher_->order.size() < 10 ? Life::never : Life::alive; };
  launcher_->play = [&](const PlayedLauncher::Played& one) {
    return launcher_->order.size() >= 10 && train(one, 50, 1);
  };
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(trials_[0].state, TrialState::finished);
  EXPECT_EQ(trials_[0].faults, 0);
  EXPECT_EQ(launcher_->order.size(), 10u);
}

// Trials in other hands: a controller starts them and leaves, and another one settles them.
TEST_F(SweepController, LeavesTrialsThatItHasHandedOver) {
  vary("parameters.x.values = [1, 2]\nparameters.\"run.epochs\".value = 1\n");
  launcher_->hands_trials_over = true;
  launcher_->play = [](const PlayedLauncher::Played&) { return false; };
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(trials_[0].state, TrialState::running);
  EXPECT_EQ(trials_[1].state, TrialState::running);
  launcher_->play = [](const PlayedLauncher::Played& one) { return train(one, 50, 1); };
  launcher_->wait(0);
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(trials_[0].state, TrialState::finished);
  EXPECT_EQ(trials_[1].state, TrialState::finished);
  EXPECT_EQ(launcher_->order.size(), 2u);
}

TEST(SweepEdits, MayAppendAndNothingElse) {
  const auto complaints = [](const std::string& before, const std::string& now) {
    Problems problems;
    check_edits(*config::parse_toml(before, "old", problems),
                *config::parse_toml(now, "new.toml", problems), problems);
    return problems.report();
  };
  const std::string least = "base = \"a\"\nparameters.x.values = [1, 2]\n";
  EXPECT_EQ(complaints(least, least), "");
  EXPECT_EQ(complaints(least, "base = \"a\"\nparameters.x.values = [1, 2, 3]\n"), "");
  EXPECT_EQ(complaints(least, "seeds = 3\nrun_cap = 9\n" + least), "");
  EXPECT_EQ(complaints("run_cap = 9\n" + least, least), "");
  EXPECT_EQ(complaints("budget = \"1h\"\n" + least, "budget = \"$9\"\n" + least), "");
  EXPECT_EQ(complaints("budget = \"1h\"\n" + least, least), "");
  EXPECT_THAT(complaints("seeds = 3\n" + least, "seeds = 2\n" + least), HasSubstr("'seeds' was 3"));
  EXPECT_THAT(complaints("seeds = 3\n" + least, least), HasSubstr("'seeds' was 3"));
  EXPECT_THAT(complaints(least, "base = \"a\"\nparameters.x.values = [2, 1]\n"),
              HasSubstr("new.toml:2:23: 'parameters.x.values' was [1, 2]"));
  EXPECT_THAT(complaints(least, "base = \"a\"\nparameters.x.values = [1]\n"), HasSubstr("was"));
  EXPECT_THAT(complaints(least, "base = \"b\"\nparameters.x.values = [1, 2]\n"),
              HasSubstr("'base' was \"a\" when the sweep began, and is \"b\" now"));
  EXPECT_THAT(complaints(least, least + "parameters.y.values = [1]\n"),
              HasSubstr("'parameters.y' was not there"));
  EXPECT_THAT(complaints(least + "method = \"grid\"\n", least),
              HasSubstr("'method' was \"grid\" when the sweep began, and is not there now"));
}

}  // namespace
}  // namespace r50::sweep
