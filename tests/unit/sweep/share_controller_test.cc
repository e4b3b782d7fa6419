#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "config/toml_source.h"
#include "share_runs.h"
#include "support/temp_folder.h"
#include "sweep/ask/program.h"
#include "sweep/control/controller.h"
#include "sweep/show/shared_text.h"

namespace r50::sweep {
namespace {

using testing::HasSubstr;
using Accident = test::PlayedRuns::Accident;

std::string value_of(const std::vector<std::string>& words, const std::string& key) {
  for (const std::string& word : words) {
    if (word.rfind(key + "=", 0) == 0) return word.substr(key.size() + 1);
  }
  return "";
}

// Every epoch is given the trunk's rate up to the trial's own tail, and its tail's from there on.
std::string given(const std::vector<std::string>& words, int epoch) {
  const int tail = std::atoi(value_of(words, "scheduler.tail").c_str());
  const std::string seed = value_of(words, "run.seed");
  return seed + (epoch <= tail ? " trunk " : " after " + std::to_string(tail) + " ") +
         std::to_string(epoch);
}

// One sweep in a folder of its own, over runs that train nothing.
class SharedSweep {
 public:
  SharedSweep() : launcher(clock, 2, given) {
    sweep.name = "s";
    sweep.launcher.program = {"played"};
    sweep.base = "base.toml";
    sweep.keep.best = 1;
    Problems problems;
    const auto file = config::parse_toml(
        "parameters.\"scheduler.tail\".values = [2, 3, 5, 6]\n"
        "parameters.\"run.epochs\".value = 6\n",
        "s.toml", problems);
    sweep.parameters = read_parameters(*file->table(), problems);
    EXPECT_EQ(problems.report(), "");
  }

  static std::vector<Past> pasts(const std::vector<Settings>& variants) {
    std::vector<Past> all;
    for (const Settings& settings : variants) {
      std::vector<std::string> words;
      for (const Setting& setting : settings) words.push_back(setting.word());
      Past past;
      past.rest = value_of(words, "run.seed");
      std::string way;
      for (int epoch = 1; epoch <= 6; ++epoch) {
        past.epochs.push_back(way += given(words, epoch) + "\n");
      }
      all.push_back(past);
    }
    return all;
  }

  // One controller's life.
  Exit run(
      bool shared, const std::function<bool()>& stop = [] { return false; }) {
    const auto ledger = open_ledger(files, folder.path(), [](const std::string&) {});
    const Ask ask = [&](const std::vector<Settings>& v) { return check_for_program(sweep, v); };
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

  std::map<std::string, std::string> results() const {
    std::map<std::string, std::string> all;
    for (const Trial& trial : trials) {
      if (trial.state != TrialState::finished) continue;
      const std::string of = folder / trial.id;
      all[trial.sets()] = base::real_files().read(of + "/result.json") +
                          base::real_files().read(of + "/metrics.jsonl");
    }
    return all;
  }

  test::TempFolder folder;
  test::FakeClock clock;
  test::PlayedRuns launcher;
  test::MortalFiles files;
  SweepFile sweep;
  std::vector<Trial> trials;
  std::string told;
};

std::map<std::string, std::string> unshared_results(std::int64_t seeds = 1) {
  SharedSweep straight;
  straight.sweep.seeds = seeds;
  straight.run(false);
  EXPECT_EQ(straight.launcher.trained, 4 * 6 * seeds);
  return straight.results();
}

TEST(SweepSharing, TrainsWhatTrialsHaveInCommonOnce) {
  const auto wanted = unshared_results(2);
  ASSERT_EQ(wanted.size(), 8u);
  SharedSweep shared;
  shared.sweep.seeds = 2;
  EXPECT_EQ(shared.run(true), Exit::done);
  EXPECT_EQ(shared.results(), wanted);
  // A trunk of 6 epochs, which tail 2 leaves after 2, 3 after 3 and 5 after 5, for each seed.
  EXPECT_EQ(shared.launcher.trained, 2 * (6 + 4 + 3 + 1));
  EXPECT_EQ(count_epochs(shared.trials).trained, shared.launcher.trained);
}

TEST(SweepSharing, KeepsWhatAChildStillNeedsAndNoMore) {
  SharedSweep shared;
  shared.run(true);
  int kept = 0;
  for (const Trial& trial : shared.trials) {
    kept += base::real_files().exists(shared.folder / (trial.id + "/checkpoints/last.pt")) ? 1 : 0;
  }
  EXPECT_EQ(kept, 1) << "[keep] best = 1";
}

// The controller dies at every third of its operations on the disk (what each of them is differs
// from trial to trial), in turn.
TEST(SweepSharing, SurvivesADeathOfTheControllerAnywhere) {
  const auto wanted = unshared_results();
  SharedSweep whole;
  whole.run(true);
  const std::int64_t operations = whole.files.done;
  ASSERT_GT(operations, 60);
  for (std::int64_t at = 0; at < operations; at += 3) {
    SCOPED_TRACE("killed at operation " + std::to_string(at));
    SharedSweep shared;
    shared.files.dies_at = at;
    EXPECT_THROW(shared.run(true), test::ControllerKilled);
    shared.files.dies_at = -1;
    EXPECT_EQ(shared.run(true), Exit::done);
    EXPECT_EQ(shared.results(), wanted);
    EXPECT_EQ(shared.launcher.trained, 6 + 4 + 3 + 1) << "an epoch was trained twice";
    if (HasFailure()) break;
  }
}

TEST(SweepSharing, SurvivesTrialsThatAreKilledAnywhere) {
  const auto wanted = unshared_results();
  for (unsigned seed = 0; seed < 25; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 chance(seed);
    SharedSweep shared;
    shared.launcher.accident = [&](const std::string&, int) {
      constexpr Accident all[] = {Accident::before_rows, Accident::before_saving,
                                  Accident::before_leaving};
      return chance() % 4 == 0 ? all[chance() % 3] : Accident::none;
    };
    shared.sweep.retry.times = 30;
    EXPECT_EQ(shared.run(true), Exit::done);
    EXPECT_EQ(shared.results(), wanted);
    if (HasFailure()) break;
  }
}

TEST(SweepSharing, GoesOnAfterAStop) {
  const auto wanted = unshared_results();
  for (int moments = 1; moments < 14; ++moments) {
    SCOPED_TRACE("stopped at moment " + std::to_string(moments));
    SharedSweep shared;
    int asked = 0;
    shared.run(true, [&] { return ++asked == moments; });
    EXPECT_EQ(shared.run(true), Exit::done);
    EXPECT_EQ(shared.results(), wanted);
    EXPECT_EQ(shared.launcher.trained, 6 + 4 + 3 + 1);
  }
}

TEST(SweepSharing, GoesOnFromTheFoldersIfTheLedgerIsLost) {
  const auto wanted = unshared_results();
  for (int moments = 1; moments < 14; ++moments) {
    SCOPED_TRACE("lost at moment " + std::to_string(moments));
    SharedSweep shared;
    int asked = 0;
    shared.run(true, [&] { return ++asked == moments; });
    for (const char* name : {"ledger.db", "ledger.db-wal"}) {
      base::real_files().remove(shared.folder / name);
    }
    EXPECT_EQ(shared.run(true), Exit::done);
    EXPECT_EQ(shared.results(), wanted);
  }
}

TEST(SweepSharing, ChildrenOfATrialThatFailsTrainByThemselves) {
  auto wanted = unshared_results();
  SharedSweep shared;
  std::string first;
  shared.launcher.fails = [&](const std::string& folder) {
    if (first.empty()) first = folder;
    return folder == first;
  };
  EXPECT_EQ(shared.run(true), Exit::done);
  ASSERT_EQ(shared.trials[0].state, TrialState::failed);
  wanted.erase(shared.trials[0].sets());
  EXPECT_EQ(shared.results(), wanted);
  EXPECT_THAT(shared.told, HasSubstr("from the start, since the trial that was to train"));
}

// A slot's second costs a dollar, and an epoch takes a second: wherever the money ends, what was
// trained is what was paid, and with more of it nothing is trained again.
TEST(SweepSharing, GoesWithABudget) {
  const auto wanted = unshared_results();
  std::size_t finished = 0;
  for (int dollars = 2; dollars <= 24; ++dollars) {
    SCOPED_TRACE("for $" + std::to_string(dollars));
    SharedSweep shared;
    shared.sweep.launcher.price_per_hour = 3600;
    shared.sweep.budget = "$" + std::to_string(dollars);
    EXPECT_EQ(shared.run(true), Exit::done);
    double paid = 0;
    for (const Trial& trial : shared.trials) paid += trial.seconds;
    EXPECT_LE(paid, dollars + 2) << "a second of each slot, in which it is seen to be too much";
    EXPECT_LE(shared.launcher.trained, paid);
    EXPECT_GE(shared.results().size(), finished) << "less for more money";
    finished = shared.results().size();
    EXPECT_EQ(shared.told.find("left out by the budget") == std::string::npos, finished == 4);
    shared.sweep.budget.clear();
    EXPECT_EQ(shared.run(true), Exit::done);
    EXPECT_EQ(shared.results(), wanted);
    EXPECT_EQ(shared.launcher.trained, 6 + 4 + 3 + 1) << "an epoch was trained twice";
  }
  EXPECT_EQ(finished, 4u) << "24 dollars are enough for all, shared or not";
}

TEST(SweepSharing, IsNotDoneUnderAStopper) {
  SharedSweep shared;
  shared.sweep.stop.type = StopRule::median;
  shared.run(true);
  EXPECT_EQ(shared.launcher.trained, 4 * 6);
}

}  // namespace
}  // namespace r50::sweep
