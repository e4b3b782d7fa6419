#include <gtest/gtest.h>

#include "shared_family.h"

namespace r50::sweep {
namespace {

using Accident = test::PlayedRuns::Accident;

// The other was tried again after it had failed, so the first has gone past the place where they
// part: what it saves in the midst of its next epoch is of no use to it.
TEST(ShareUnderMedian, ACheckpointAmidAnEpochServesOnlyWhoSharesThatEpoch) {
  for (const char* const other : {"aaabbb", "aaaabb"}) {
    const Ways ways = {other, "aaaaaa"};
    Family family(ways, StopRule::median, 1);
    bool fails = true;
    family.launcher.fails = [&](const std::string& folder) {
      return fails && folder == family.launcher.order[0];
    };
    const auto dies_after_three_epochs = [&] {
      fails = family.launcher.trained == 0;
      if (family.launcher.trained == 3) throw test::ControllerKilled();
      return false;
    };
    EXPECT_THROW(family.run(true, dies_after_three_epochs), test::ControllerKilled);
    {
      const auto ledger = open_ledger(family.files, family.folder.path(), [](auto&) {});
      std::vector<Trial> trials = ledger->trials();
      ASSERT_EQ(trials[0].state, TrialState::failed);
      ASSERT_EQ(trials[1].state, TrialState::running);
      trials[0].state = TrialState::waiting;
      trials[1].message = "a rule has ended it";
      ledger->put(trials);
      base::replace_whole(base::real_files(), family.folder / (trials[0].id + "/trial.json"),
                          trial_json(trials[0]));
    }
    EXPECT_EQ(family.run(true), Exit::done);
    EXPECT_EQ(family.trials[0].state, TrialState::finished) << family.trials[0].message;
    EXPECT_EQ(family.trials[0].given, other[3] == 'a' ? 3 : 0);
    EXPECT_EQ(family.trials[1].state, TrialState::stopped);
    expect_sound(family, alone(ways));
  }
}

// The second stage has no rungs, but pasts of its own: its seeds are others.
TEST(ShareUnderAsha, TheSecondStageSharesAmongItself) {
  const Ways ways = {"aaaaaaaab", "aaaaaaaac", "aaaaaaaad", "xxxxxxxxx", "yyyyyyyyy", "aaaaaabbb"};
  for (const int slots : {1, 3}) {
    Family family(ways, StopRule::asha, slots);
    family.sweep.stop.eta = 2;
    family.sweep.confirm.top = 9;
    family.sweep.confirm.seeds = 2;
    EXPECT_EQ(family.run(true), Exit::done);
    EXPECT_EQ(family.trained_again(), 0);
    int finished = 0, confirmed = 0;
    for (const Trial& trial : family.trials) {
      EXPECT_TRUE(trial.over()) << trial_json(trial);
      const bool second = trial.stage == "confirm";
      EXPECT_TRUE(!second || trial.state == TrialState::finished) << trial_json(trial);
      finished += !second && trial.state == TrialState::finished ? 1 : 0;
      confirmed += second ? 1 : 0;
    }
    EXPECT_GE(finished, 1);
    EXPECT_EQ(confirmed, 2 * finished);
  }
}

TEST(ShareUnderNone, AProcessCutOffWhereOthersLeaveItGoesThereAgain) {
  const Ways ways = {"aaab", "aaac", "aaad"};
  Family family(ways, StopRule::none, 1);
  int killed = 0;
  family.launcher.accident = [&](const std::string&, int epoch) {
    return epoch == 3 && killed++ == 0 ? Accident::before_saving : Accident::none;
  };
  EXPECT_EQ(family.run(true), Exit::done);
  expect_sound(family, alone(ways));
  EXPECT_EQ(family.trained_again(), 1) << "the epoch whose checkpoint was not saved";
}

// What is to be of use to others is no reason to begin second seeds before all first ones have.
TEST(ShareUnderABudget, OneSeedOfEachPointComesBeforeSecondSeeds) {
  const Ways ways = {"xxx", "aab", "aac"};
  Family family(ways, StopRule::none, 1);
  family.sweep.seeds = 2;
  family.sweep.budget = "100h";
  EXPECT_EQ(family.run(true), Exit::done);
  EXPECT_EQ(family.trained_again(), 0);
  const auto begun = [&](const Trial& trial) {
    const auto& order = family.launcher.order;
    return std::find(order.begin(), order.end(), family.folder / trial.id) - order.begin();
  };
  for (const Trial& first : family.trials) {
    for (const Trial& second : family.trials) {
      if (first.replicate > 0 || second.replicate == 0) continue;
      EXPECT_LT(begun(first), begun(second)) << first.sets() << " and " << second.sets();
    }
  }
}

// Two slots, and a family of three: the loner runs beside the one that trains for the others, and
// two that have nothing in common begin before a second of the family could train for itself.
TEST(ShareUnderNone, WhoTrainsForOthersBeginsFirst) {
  const Ways ways = {"xxx", "yyy", "aab", "aac", "aad"};
  Family family(ways, StopRule::none, 2);
  EXPECT_EQ(family.run(true), Exit::done);
  const std::string first = family.launcher.order[0], second = family.launcher.order[1];
  EXPECT_EQ(first, family.folder / family.trials[2].id);
  EXPECT_EQ(second, family.folder / family.trials[0].id);
  EXPECT_EQ(family.launcher.trained, 3 + 3 + 3 + 1 + 1);
}

}  // namespace
}  // namespace r50::sweep
