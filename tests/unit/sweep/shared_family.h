#pragma once

// Trials that leave each other by chance, and what must hold of any sweep of them.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "shared_sweep.h"

namespace r50::sweep {

using Ways = std::vector<std::string>;  // of each trial: a letter an epoch, of what it is given

inline constexpr int most_epochs = 9;

inline int below(std::mt19937& chance, std::size_t bound) {
  return static_cast<int>(chance() % static_cast<unsigned>(bound));
}

// Each leaves an earlier one somewhere, or begins by itself; one in five is shorter.
inline Ways random_ways(std::mt19937& chance) {
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

inline std::string parameters_of(const Ways& ways) {
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
inline std::map<std::string, std::string> alone(const Ways& ways) {
  Family straight(ways, StopRule::none, 4);
  straight.run(false);
  std::map<std::string, std::string> records;
  for (const Trial& trial : straight.trials) records[trial.sets()] = straight.record(trial);
  return records;
}

inline std::int64_t last_rung(const Trial& trial, StopRule stop) {
  const Rungs rungs{1, 3, most_epochs};
  return (stop == StopRule::asha ? asha(rungs) : hyperband(rungs))
      ->rung_at(trial.number, trial.done);
}

// Nobody is lost, nobody is there twice, and each has come to an end with what it would have
// reported by itself up to there: at the last of its rungs, where it has some, whoever trained it.
inline void expect_sound(const Family& family, const std::map<std::string, std::string>& wanted) {
  ASSERT_EQ(family.trials.size(), wanted.size());
  for (const Trial& trial : family.trials) {
    ASSERT_EQ(wanted.count(trial.sets()), 1u) << trial.sets();
    EXPECT_TRUE(trial.over()) << trial_json(trial);
    const std::string& whole = wanted.at(trial.sets());
    const std::string record = family.record(trial);
    EXPECT_EQ(record, whole.substr(0, record.size())) << trial_json(trial);
    const StopRule stop = family.sweep.stop.type;
    if (trial.state == TrialState::stopped && stop != StopRule::median) {
      EXPECT_EQ(trial.until, last_rung(trial, stop)) << trial_json(trial);
    }
    if (trial.state != TrialState::finished) continue;
    EXPECT_EQ(record.size(), whole.size()) << trial_json(trial);
    EXPECT_EQ(trial.done, trial.epochs);
  }
}

}  // namespace r50::sweep
