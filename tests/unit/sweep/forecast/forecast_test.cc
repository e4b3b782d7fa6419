#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sweep/budget/budget.h"
#include "sweep/forecast/forecast.h"

namespace r50::sweep {
namespace {

using testing::ElementsAre;

TEST(ListSchedule, GivesEachTrialTheSlotThatIsFreeFirst) {
  EXPECT_EQ(list_schedule({}, 2), 0);
  EXPECT_EQ(list_schedule({5}, 3), 5);
  EXPECT_EQ(list_schedule({1, 2, 3}, 1), 6);
  EXPECT_EQ(list_schedule({4, 1, 1, 1}, 2), 4);
  EXPECT_EQ(list_schedule({1, 1, 1, 4}, 2), 5) << "the long one came last";
  EXPECT_EQ(list_schedule({1, 1}, 0), 2) << "there is always one slot";
}

// Nine trials, 1 -> 3 -> 9 epochs: all train 1, three 2 more, one 6 more.
TEST(ExpectedEpochs, FollowTheRungs) {
  EXPECT_EQ(expected_epochs({.type = StopRule::asha, .min_iter = 1, .eta = 3}, 9, 9), 9 + 6 + 6);
  EXPECT_EQ(expected_epochs({.type = StopRule::none}, 9, 9), 81);
  EXPECT_EQ(expected_epochs({.type = StopRule::median}, 9, 9), 81);
  EXPECT_EQ(expected_epochs({.type = StopRule::asha, .min_iter = 1, .eta = 3}, 1, 9), 9)
      << "a single trial is brought to its end";
  EXPECT_EQ(expected_epochs({.type = StopRule::asha, .min_iter = 20, .eta = 3}, 4, 9), 36)
      << "no rung lies within";
  // Hyperband deals nine trials of a cycle of 9 + 5 + 3 to its brackets; the whole cycle is:
  // 9 trials from 1 on (21 epochs), 5 from 3 on (15 + 5/3 x 6 = 25), 3 whole ones (27).
  EXPECT_DOUBLE_EQ(expected_epochs({.type = StopRule::hyperband, .min_iter = 1, .eta = 3}, 17, 9),
                   21 + 25 + 27);
}

SweepCost six_trials() {
  SweepCost cost;
  cost.slots = 2;
  for (int i = 0; i < 6; ++i) cost.trials.push_back({9, 600, 3e8, 2e8});
  return cost;
}

TEST(SweepForecast, SaysWhatASweepTakes) {
  SweepFile sweep;
  sweep.keep.best = 3;
  sweep.launcher.price_per_hour = 0.6;
  // Two run (300 MB each) while three rest (200 MB each).
  EXPECT_EQ(cost_sentence(six_trials(), sweep),
            "6 trials, 54 epochs: 30 min 00 s on 2 slots, 1.2 GB of disk at the peak, $0.60");
  sweep.keep.best = 0;
  sweep.launcher.price_per_hour = 0;
  EXPECT_EQ(cost_sentence(six_trials(), sweep),
            "6 trials, 54 epochs: 30 min 00 s on 2 slots, 600 MB of disk at the peak");
}

TEST(SweepForecast, CountsTrialsThatAreOneRun) {
  SweepCost cost = six_trials();
  cost.merged = 12;
  EXPECT_EQ(cost_sentence(cost, {}).rfind("18 trials in 6 runs, 54 epochs: 30 min 00 s", 0), 0u);
}

TEST(SweepForecast, SaysAtMostWhereTrialsEndEarly) {
  SweepFile sweep;
  sweep.stop = {.type = StopRule::asha, .min_iter = 1, .eta = 3};
  // 6 x 1 + 2 x 2 + 1 x 6 epochs; all that is paused rests on the disk: 2 x 300 + 4 x 200 MB.
  EXPECT_EQ(cost_sentence(six_trials(), sweep),
            "6 trials, 54 epochs at most: 30 min 00 s at most on 2 slots, 1.4 GB of disk at the "
            "peak; if all goes by the rungs, about 16 epochs, 8 min 53 s");
  sweep.stop.type = StopRule::median;
  EXPECT_EQ(cost_sentence(six_trials(), sweep),
            "6 trials, 54 epochs at most: 30 min 00 s at most on 2 slots, 1.2 GB of disk at the "
            "peak");
}

TEST(SweepForecast, DoesNotGuess) {
  SweepCost cost = six_trials();
  cost.trials[3].seconds.reset();
  EXPECT_FALSE(wall_seconds(cost));
  EXPECT_FALSE(slot_seconds(cost));
  EXPECT_EQ(cost_sentence(cost, {}), "6 trials, 54 epochs; how long they take is unknown");
  cost = six_trials();
  cost.trials[3].bytes_resting.reset();
  EXPECT_EQ(cost_sentence(cost, {}), "6 trials, 54 epochs: 30 min 00 s on 2 slots");
}

TEST(SweepForecast, CountsTheSecondStage) {
  SweepCost cost = six_trials();
  cost.confirm = {{18, 1200, 4e8, 3e8}, {18, 1200, 4e8, 3e8}, {18, 1200, 4e8, 3e8}};
  SweepFile sweep;
  sweep.keep.best = 3;
  EXPECT_EQ(*wall_seconds(cost), 1800 + 2400);
  EXPECT_EQ(*slot_seconds(cost), 3600 + 3600);
  EXPECT_EQ(*disk_peak(cost, sweep), 2 * 3e8 + 3 * 2e8);
  EXPECT_EQ(cost_sentence(cost, sweep),
            "6 trials, 54 epochs, then 3 of the second stage, 54 epochs: 1 h 10 min on 2 slots, "
            "1.2 GB of disk at the peak");
}

TEST(SweepForecast, SaysWhichTrialsABudgetPaysFor) {
  SweepCost cost = six_trials();
  cost.trials[2].seconds = 5000;
  EXPECT_THAT(within({.seconds = 1200, .text = ""}, cost, 0), ElementsAre(0, 1, 3, 4));
  EXPECT_THAT(within({.dollars = 1, .text = ""}, cost, 2), ElementsAre(0, 1, 3));
  EXPECT_EQ(within({.seconds = 1e9, .text = ""}, cost, 0).size(), 6u);
  EXPECT_TRUE(within({.seconds = 1, .text = ""}, cost, 0).empty());
}

TEST(SweepRemaining, IsByWhatTrialsHaveTakenSoFar) {
  std::vector<Trial> trials(4);
  for (Trial& trial : trials) trial.epochs = 9;
  SweepFile sweep;
  EXPECT_EQ(remaining_sentence(trials, sweep, 2), "") << "nobody knows yet";
  trials[0].done = 9;
  trials[0].seconds = 900;
  trials[0].state = TrialState::finished;
  trials[1].done = 3;
  trials[1].seconds = 300;
  trials[1].state = TrialState::paused;
  EXPECT_EQ(remaining_sentence(trials, sweep, 2), "about 25 min 00 s left on 2 slots");
  sweep.stop.type = StopRule::asha;
  EXPECT_EQ(remaining_sentence(trials, sweep, 1), "at most about 40 min 00 s left on 1 slot");
  for (Trial& trial : trials) trial.state = TrialState::finished;
  EXPECT_EQ(remaining_sentence(trials, sweep, 2), "");
}

}  // namespace
}  // namespace r50::sweep
