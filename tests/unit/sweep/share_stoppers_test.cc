#include <gtest/gtest.h>

#include "shared_family.h"

namespace r50::sweep {
namespace {

using Accident = test::PlayedRuns::Accident;

// What came of a sweep, whatever time it took.
std::string outcome(const Family& family) {
  std::string text;
  for (const std::string& folder : family.launcher.order) {
    text += folder.substr(family.folder.path().size()) + "\n";
  }
  for (Trial trial : family.trials) {
    trial.seconds = trial.began = 0;
    text += trial_json(trial);
  }
  return text;
}

struct Case {
  Ways ways;
  StopRule stop = StopRule::none;
  int slots = 1;
};

class ShareUnderStoppers : public testing::TestWithParam<StopRule> {
 protected:
  // Forests by chance, each with one more slot than the one before.
  void for_each_case(int count, const std::function<void(const Case&, std::mt19937&)>& check) {
    for (int i = 0; i < count && !HasFailure(); ++i) {
      std::mt19937 chance(static_cast<unsigned>(i));
      Case one{random_ways(chance), GetParam(), 1 + i % 4};
      std::string text;
      for (const std::string& way : one.ways) text += way + "\n";
      SCOPED_TRACE(std::to_string(i) + ", slots: " + std::to_string(one.slots) + "\n" + text);
      check(one, chance);
    }
  }
};

TEST_P(ShareUnderStoppers, NoEpochIsTrainedTwice) {
  int saved = 0;
  for_each_case(24, [&](const Case& one, std::mt19937&) {
    Family family(one.ways, one.stop, one.slots);
    EXPECT_EQ(family.run(true), Exit::done);
    expect_sound(family, alone(one.ways));
    EXPECT_EQ(family.trained_again(), 0);
    std::int64_t itself = 0, given = 0;
    for (const Trial& trial : family.trials) {
      itself += trial.trained();
      given += trial.given;
    }
    EXPECT_EQ(itself, family.launcher.trained) << "the budget would count wrongly";
    saved += given > 0 ? 1 : 0;
  });
  EXPECT_GT(saved, 15) << "most of these forests have something in common";
}

TEST_P(ShareUnderStoppers, NothingIsLostWhereTrialsFailAndAreKilled) {
  for_each_case(24, [](const Case& one, std::mt19937& chance) {
    Family family(one.ways, one.stop, one.slots);
    family.sweep.retry.times = 30;
    family.launcher.accident = [&](const std::string&, int) {
      constexpr Accident all[] = {Accident::before_rows, Accident::before_saving,
                                  Accident::before_leaving};
      return chance() % 5 == 0 ? all[chance() % 3] : Accident::none;
    };
    family.launcher.fails = [&](const std::string&) { return chance() % 25 == 0; };
    family.run(true);
    expect_sound(family, alone(one.ways));
  });
}

TEST_P(ShareUnderStoppers, NothingIsTrainedAgainWhereverTheControllerDies) {
  for_each_case(12, [](const Case& one, std::mt19937& chance) {
    const auto wanted = alone(one.ways);
    Family straight(one.ways, one.stop, one.slots);
    straight.run(true);
    for (int i = 0; i < 2; ++i) {
      Family family(one.ways, one.stop, one.slots);
      for (int lives = 0; lives < 4; ++lives) {
        family.files.dies_at = family.files.done + below(chance, 120);
        try {
          family.run(true);
        } catch (const test::ControllerKilled&) {
        }
      }
      family.files.dies_at = -1;
      EXPECT_EQ(family.run(true), Exit::done);
      expect_sound(family, wanted);
      EXPECT_EQ(family.trained_again(), 0);
      if (one.slots > 1) continue;
      EXPECT_EQ(outcome(family), outcome(straight));
    }
  });
}

TEST_P(ShareUnderStoppers, GoesOnAfterStops) {
  for_each_case(8, [](const Case& one, std::mt19937& chance) {
    Family family(one.ways, one.stop, one.slots);
    for (int lives = 0; lives < 4; ++lives) {
      int moments = 1 + below(chance, 8);
      family.run(true, [&] { return --moments <= 0; });
    }
    EXPECT_EQ(family.run(true), Exit::done);
    expect_sound(family, alone(one.ways));
    EXPECT_EQ(family.trained_again(), 0);
  });
}

// A slot's second costs a dollar, and an epoch takes a second.
TEST_P(ShareUnderStoppers, GoesWithABudget) {
  for_each_case(8, [](const Case& one, std::mt19937& chance) {
    Family family(one.ways, one.stop, one.slots);
    family.sweep.launcher.price_per_hour = 3600;
    for (int dollars = 1 + below(chance, 8); dollars < 60; dollars += 1 + below(chance, 20)) {
      family.sweep.budget = "$" + std::to_string(dollars);
      EXPECT_EQ(family.run(true), Exit::done);
      double paid = 0;
      for (const Trial& trial : family.trials) paid += trial.seconds;
      EXPECT_LE(paid, dollars + 2 * one.slots)
          << "a second of each slot to see that it is too much, and one to leave";
      EXPECT_LE(family.launcher.trained, paid);
    }
    family.sweep.budget.clear();
    EXPECT_EQ(family.run(true), Exit::done);
    expect_sound(family, alone(one.ways));
    EXPECT_EQ(family.trained_again(), 0);
  });
}

// Who has not begun is then new, and shares with the new ones only: so nothing is said of epochs.
TEST_P(ShareUnderStoppers, GoesOnFromTheFoldersIfTheLedgerIsLost) {
  for_each_case(6, [](const Case& one, std::mt19937& chance) {
    Family family(one.ways, one.stop, one.slots);
    for (int lives = 0; lives < 3; ++lives) {
      int moments = 1 + below(chance, 16);
      family.run(true, [&] { return --moments <= 0; });
      for (const char* name : {"ledger.db", "ledger.db-wal"}) {
        base::real_files().remove(family.folder / name);
      }
    }
    EXPECT_EQ(family.run(true), Exit::done);
    expect_sound(family, alone(one.ways));
  });
}

std::string rule_name(const testing::TestParamInfo<StopRule>& info) {
  switch (info.param) {
    case StopRule::asha:
      return "asha";
    case StopRule::hyperband:
      return "hyperband";
    case StopRule::median:
      return "median";
    case StopRule::none:
      break;
  }
  return "none";
}

INSTANTIATE_TEST_SUITE_P(Rules, ShareUnderStoppers,
                         testing::Values(StopRule::none, StopRule::asha, StopRule::hyperband,
                                         StopRule::median),
                         rule_name);

}  // namespace
}  // namespace r50::sweep
