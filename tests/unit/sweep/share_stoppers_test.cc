#include <gtest/gtest.h>

#include <random>

#include "shared_sweep.h"

namespace r50::sweep {
namespace {

using Accident = test::PlayedRuns::Accident;
using Ways = std::vector<std::string>;  // of each trial: a letter an epoch, of what it is given

constexpr int most_epochs = 9;

int below(std::mt19937& chance, std::size_t bound) {
  return static_cast<int>(chance() % static_cast<unsigned>(bound));
}

// Each leaves an earlier one somewhere, or begins by itself; one in five is shorter.
Ways random_ways(std::mt19937& chance) {
  Ways ways;
  const int count = 3 + below(chance, 8);
  while (static_cast<int>(ways.size()) < count) {
    std::string way;
    if (!ways.empty() && chance() % 5 != 0) {
      way = ways[static_cast<std::size_t>(below(chance, ways.size()))];
      way.resize(std::min<std::size_t>(way.size(), chance() % (most_epochs + 1)));
    }
    // The first is as long as any, so that all forests have the same rungs.
    const std::size_t epochs =
        !ways.empty() && chance() % 5 == 0 ? most_epochs - chance() % 3 : most_epochs;
    while (way.size() < epochs) way += static_cast<char>('a' + chance() % 26);
    way.resize(epochs);
    if (std::find(ways.begin(), ways.end(), way) == ways.end()) ways.push_back(way);
  }
  return ways;
}

std::string parameters_of(const Ways& ways) {
  std::string numbers, epochs;
  for (std::size_t i = 0; i < ways.size(); ++i) {
    numbers += (i > 0 ? ", " : "") + std::to_string(i);
    epochs += (i > 0 ? ", " : "") + std::to_string(ways[i].size());
  }
  return "[[zip]]\n\"scheduler.way\" = [" + numbers + "]\n\"run.epochs\" = [" + epochs + "]\n";
}

struct Family : SharedSweep {
  Family(const Ways& ways, StopRule stop, int slots)
      : SharedSweep(
            parameters_of(ways),
            [ways](const std::vector<std::string>& words, int epoch) {
              const int way = std::atoi(word_value(words, "scheduler.way").c_str());
              return ways[static_cast<std::size_t>(way)].substr(static_cast<std::size_t>(epoch) - 1,
                                                                1);
            },
            slots) {
    sweep.stop.type = stop;
    sweep.stop.min_trials = 2;
    sweep.retry.alike = 0;
  }

  int trained_again() const {
    int again = 0;
    for (const auto& [state, times] : launcher.states) again += times - 1;
    return again;
  }
};

// The record of each trial that trains all by itself, by what it sets.
std::map<std::string, std::string> alone(const Ways& ways) {
  Family straight(ways, StopRule::none, 4);
  straight.run(false);
  std::map<std::string, std::string> records;
  for (const Trial& trial : straight.trials) records[trial.sets()] = straight.record(trial);
  return records;
}

std::int64_t rung_of(const Trial& trial, StopRule stop) {
  const Rungs rungs{1, 3, most_epochs};
  return (stop == StopRule::asha ? asha(rungs) : hyperband(rungs))
      ->rung_at(trial.number, trial.done);
}

// Nobody is lost, nobody is there twice, and each has come to an end with what it would have
// reported by itself up to there: at the last of its rungs, where it has some, whoever trained it.
void expect_sound(const Family& family, const std::map<std::string, std::string>& wanted) {
  ASSERT_EQ(family.trials.size(), wanted.size());
  for (const Trial& trial : family.trials) {
    ASSERT_EQ(wanted.count(trial.sets()), 1u) << trial.sets();
    EXPECT_TRUE(trial.over()) << trial_json(trial);
    const std::string& whole = wanted.at(trial.sets());
    const std::string record = family.record(trial);
    EXPECT_EQ(record, whole.substr(0, record.size())) << trial_json(trial);
    const StopRule stop = family.sweep.stop.type;
    if (trial.state == TrialState::stopped && stop != StopRule::median) {
      EXPECT_EQ(trial.until, rung_of(trial, stop)) << trial_json(trial);
    }
    if (trial.state != TrialState::finished) continue;
    EXPECT_EQ(record.size(), whole.size()) << trial_json(trial);
    EXPECT_EQ(trial.done, trial.epochs);
  }
}

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
