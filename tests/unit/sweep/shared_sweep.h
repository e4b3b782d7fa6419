#pragma once

// One sweep in a folder of its own, over runs that train nothing (share_runs.h).

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/toml_source.h"
#include "share_runs.h"
#include "support/temp_folder.h"
#include "sweep/ask/program.h"
#include "sweep/control/controller.h"

namespace r50::sweep {

inline std::string word_value(const std::vector<std::string>& words, const std::string& key) {
  for (const std::string& word : words) {
    if (word.rfind(key + "=", 0) == 0) return word.substr(key.size() + 1);
  }
  return "";
}

class SharedSweep {
 public:
  // `given`: an epoch of a trial with these words. A seed changes every epoch.
  SharedSweep(const std::string& parameters, test::PlayedRuns::Given given, int slots = 2)
      : given_([given = std::move(given)](const std::vector<std::string>& words, int epoch) {
          return word_value(words, "run.seed") + " " + given(words, epoch) + " " +
                 std::to_string(epoch);
        }),
        launcher(clock, slots, given_) {
    sweep.name = "s";
    sweep.launcher.program = {"played"};
    sweep.base = "base.toml";
    sweep.keep.best = 1;
    Problems problems;
    const auto file = config::parse_toml(parameters, "s.toml", problems);
    sweep.parameters = read_parameters(*file->table(), problems);
    EXPECT_EQ(problems.report(), "");
  }

  // One controller's life.
  Exit run(
      bool shared, const std::function<bool()>& stop = [] { return false; }) {
    const auto ledger = open_ledger(files, folder.path(), [](const std::string&) {});
    const Ask ask = [&](const std::vector<Settings>& v) { return check_for_program(sweep, v); };
    const auto pasts = [&](const std::vector<Settings>& v) { return pasts_of(v); };
    Roster roster(sweep, 1, ask, ledger->trials(), shared ? Sharing{pasts, ask} : Sharing{});
    ledger->put(roster.list_all());
    std::optional<Budget> budget;
    if (!sweep.budget.empty()) {
      budget.emplace(checked_limit(sweep.budget, sweep.launcher.price_per_hour), sweep,
                     [](const Trial&) { return Makeup{}; });
    }
    Controller controller({.files = files,
                           .clock = clock,
                           .launcher = launcher,
                           .ledger = *ledger,
                           .sweep = sweep,
                           .roster = roster,
                           .folder = folder.path(),
                           .where = folder.path(),
                           .program = {"played", "base.toml"},
                           .words = {},
                           .tell = [&](const std::string& text) { told += text + "\n"; },
                           .stop_wanted = stop,
                           .take_over = false,
                           .budget = budget ? &*budget : nullptr});
    const Exit exit = controller.run();
    trials = ledger->trials();
    return exit;
  }

  std::string record(const Trial& trial) const {
    const std::string path = folder / (trial.id + "/metrics.jsonl");
    return base::real_files().exists(path) ? base::real_files().read(path) : "";
  }

  std::map<std::string, std::string> results() const {
    std::map<std::string, std::string> all;
    for (const Trial& trial : trials) {
      if (trial.state != TrialState::finished) continue;
      all[trial.sets()] =
          base::real_files().read(folder / (trial.id + "/result.json")) + record(trial);
    }
    return all;
  }

 private:
  std::vector<Past> pasts_of(const std::vector<Settings>& variants) const {
    std::vector<Past> all;
    for (const Settings& settings : variants) {
      std::vector<std::string> words;
      for (const Setting& setting : settings) words.push_back(setting.word());
      Past past;
      std::string way;
      const int epochs = std::atoi(word_value(words, "run.epochs").c_str());
      for (int epoch = 1; epoch <= epochs; ++epoch) {
        past.epochs.push_back(way += given_(words, epoch) + "\n");
      }
      all.push_back(past);
    }
    return all;
  }

  test::PlayedRuns::Given given_;

 public:
  test::TempFolder folder{test::TempFolder::in_memory()};
  test::FakeClock clock;
  test::PlayedRuns launcher;
  test::MortalFiles files;
  SweepFile sweep;
  std::vector<Trial> trials;
  std::string told;
};

}  // namespace r50::sweep
