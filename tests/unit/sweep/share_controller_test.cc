#include <gtest/gtest.h>

#include <random>

#include "shared_sweep.h"
#include "sweep/show/shared_text.h"

namespace r50::sweep {
namespace {

using Accident = test::PlayedRuns::Accident;

// Every epoch is given the trunk's rate up to the trial's own tail, and its tail's from there on.
std::string given(const std::vector<std::string>& words, int epoch) {
  const int tail = std::atoi(word_value(words, "scheduler.tail").c_str());
  return epoch <= tail ? "trunk" : "after " + std::to_string(tail);
}

struct Tails : SharedSweep {
  explicit Tails(std::int64_t seeds = 1)
      : SharedSweep(
            "parameters.\"scheduler.tail\".values = [2, 3, 5, 6]\n"
            "parameters.\"run.epochs\".value = 6\n",
            given) {
    sweep.seeds = seeds;
  }
};

std::map<std::string, std::string> unshared_results(std::int64_t seeds = 1) {
  Tails straight(seeds);
  straight.run(false);
  EXPECT_EQ(straight.launcher.trained, 4 * 6 * seeds);
  return straight.results();
}

TEST(SweepSharing, TrainsWhatTrialsHaveInCommonOnce) {
  const auto wanted = unshared_results(2);
  ASSERT_EQ(wanted.size(), 8u);
  Tails shared(2);
  EXPECT_EQ(shared.run(true), Exit::done);
  EXPECT_EQ(shared.results(), wanted);
  // A trunk of 6 epochs, which tail 2 leaves after 2, 3 after 3 and 5 after 5, for each seed.
  EXPECT_EQ(shared.launcher.trained, 2 * (6 + 4 + 3 + 1));
  EXPECT_EQ(count_epochs(shared.trials).trained, shared.launcher.trained);
}

TEST(SweepSharing, KeepsWhatAChildStillNeedsAndNoMore) {
  Tails shared;
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
  Tails whole;
  whole.run(true);
  const std::int64_t operations = whole.files.done;
  ASSERT_GT(operations, 60);
  for (std::int64_t at = 0; at < operations; at += 3) {
    SCOPED_TRACE("killed at operation " + std::to_string(at));
    Tails shared;
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
    Tails shared;
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
    Tails shared;
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
    Tails shared;
    int asked = 0;
    shared.run(true, [&] { return ++asked == moments; });
    for (const char* name : {"ledger.db", "ledger.db-wal"}) {
      base::real_files().remove(shared.folder / name);
    }
    EXPECT_EQ(shared.run(true), Exit::done);
    EXPECT_EQ(shared.results(), wanted);
  }
}

TEST(SweepSharing, WhenOneFailsTheNextTrainsForTheOthers) {
  auto wanted = unshared_results();
  Tails shared;
  std::string first;
  shared.launcher.fails = [&](const std::string& folder) {
    if (first.empty()) first = folder;
    return folder == first;
  };
  EXPECT_EQ(shared.run(true), Exit::done);
  ASSERT_EQ(shared.trials[0].state, TrialState::failed);
  wanted.erase(shared.trials[0].sets());
  EXPECT_EQ(shared.results(), wanted);
  EXPECT_EQ(shared.launcher.trained, 6 + 3 + 1) << "those with tails of 6, 3 and 5";
}

// A slot's second costs a dollar, and an epoch takes a second: wherever the money ends, what was
// trained is what was paid, and with more of it nothing is trained again.
TEST(SweepSharing, GoesWithABudget) {
  const auto wanted = unshared_results();
  std::size_t finished = 0;
  for (int dollars = 2; dollars <= 24; ++dollars) {
    SCOPED_TRACE("for $" + std::to_string(dollars));
    Tails shared;
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

}  // namespace
}  // namespace r50::sweep
