#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "shared_family.h"
#include "sweep/show/mixed.h"
#include "sweep/show/shared_text.h"
#include "sweep/show/trial_table.h"
#include "sweep/trial/machines.h"

namespace r50::sweep {
namespace {

using Accident = test::PlayedRuns::Accident;

// Starts come to machines of two kinds, by chance.
struct Cluster : Family {
  Cluster(const Ways& ways, StopRule stop, int slots, unsigned seed)
      : Family(ways, stop, slots), room(slots), chance(seed) {
    launcher.machine = [this] { return std::string(chance() % 2 == 0 ? "rare" : "usual"); };
  }

  int room;  // for so many at a time
  std::mt19937 chance;
};

using Records = std::map<std::string, std::map<std::string, std::string>>;

// Of each trial that trains all by itself, on machines of one kind.
Records alone_on_each_kind(const Ways& ways) {
  Records records;
  for (const char* kind : {"usual", "rare"}) {
    Family straight(ways, StopRule::none, 4);
    straight.launcher.machine = [kind] { return std::string(kind); };
    straight.run(false);
    for (const Trial& trial : straight.trials) {
      records[kind][trial.sets()] = straight.record(trial);
    }
  }
  return records;
}

// Who has never met another kind of machine with epochs of its own has, whatever was given to it,
// the record that it would have by itself on that kind. Answers how many began anew.
int expect_each_of_one_kind(const Family& family, const Records& wanted) {
  int anew = 0;
  for (const Trial& trial : family.trials) {
    EXPECT_TRUE(trial.over()) << trial_json(trial);
    anew += trial.times_anew > 0 ? 1 : 0;
    const std::string record = family.record(trial);
    if (!trial.went_on.empty() || record.empty()) continue;
    const auto said =
        nlohmann::json::parse(base::real_files().read(family.folder / (trial.id + "/run.json")));
    EXPECT_EQ(said.value("begun_anew", 0), trial.times_anew);
    const std::string& whole = wanted.at(said["instructions"]).at(trial.sets());
    EXPECT_EQ(record, whole.substr(0, record.size())) << trial_json(trial);
    if (trial.state == TrialState::finished) {
      EXPECT_EQ(record.size(), whole.size());
    }
    if (trial.times_anew > 0) {
      EXPECT_EQ(trial.given, 0) << trial_json(trial);
    }
  }
  return anew;
}

class ShareOnUnlikeMachines : public testing::TestWithParam<StopRule> {
 protected:
  void for_each_case(unsigned count, const std::function<int(Cluster&, const Records&)>& check) {
    int anew = 0;
    for (unsigned i = 0; i < count && !HasFailure(); ++i) {
      std::mt19937 chance(i);
      const Ways ways = random_ways(chance);
      std::string text;
      for (const std::string& way : ways) text += way + "\n";
      SCOPED_TRACE(std::to_string(i) + "\n" + text);
      Cluster cluster(ways, GetParam(), 1 + static_cast<int>(i % 4), i);
      anew += check(cluster, alone_on_each_kind(ways));
    }
    EXPECT_GE(anew, 3) << "the machines hardly differed";
    RecordProperty("began_anew", anew);
  }
};

TEST_P(ShareOnUnlikeMachines, WhatWasTrainedElsewhereIsLeft) {
  for_each_case(60, [](Cluster& cluster, const Records& wanted) {
    EXPECT_EQ(cluster.run(true), Exit::done);
    std::int64_t itself = 0, unshared = 0;
    for (const Trial& trial : cluster.trials) {
      itself += trial.trained();
      unshared += trial.epochs;
    }
    EXPECT_EQ(itself, cluster.launcher.trained) << "the budget would count wrongly";
    // A trunk that was left where it had paused for others is trained once more, and no trial
    // twice.
    EXPECT_LE(cluster.launcher.trained, 2 * unshared);
    for (const Trial& trial : cluster.trials) {
      // Only rungs end a process that nobody has killed, and would without sharing.
      if (GetParam() == StopRule::asha) continue;
      EXPECT_EQ(trial.went_on, "") << trial_json(trial);
    }
    return expect_each_of_one_kind(cluster, wanted);
  });
}

TEST_P(ShareOnUnlikeMachines, AlsoWhereTrialsAreKilledAndBegunAgainElsewhere) {
  for_each_case(60, [](Cluster& cluster, const Records& wanted) {
    cluster.sweep.retry.times = 30;
    cluster.launcher.requeues = [&](int) { return cluster.chance() % 6 == 0; };
    cluster.launcher.accident = [&](const std::string&, int) {
      constexpr Accident all[] = {Accident::before_rows, Accident::before_saving,
                                  Accident::before_leaving};
      return cluster.chance() % 6 == 0 ? all[cluster.chance() % 3] : Accident::none;
    };
    EXPECT_EQ(cluster.run(true), Exit::done);
    return expect_each_of_one_kind(cluster, wanted);
  });
}

TEST_P(ShareOnUnlikeMachines, WhereverTheControllerDiesAndItsLedgerIsLost) {
  for_each_case(60, [](Cluster& cluster, const Records& wanted) {
    for (int lives = 0; lives < 5; ++lives) {
      cluster.files.dies_at = cluster.files.done + below(cluster.chance, 100);
      try {
        cluster.run(true);
      } catch (const test::ControllerKilled&) {
      }
      if (lives != 2) continue;
      for (const char* name : {"ledger.db", "ledger.db-wal"}) {
        base::real_files().remove(cluster.folder / name);
      }
    }
    cluster.files.dies_at = -1;
    EXPECT_EQ(cluster.run(true), Exit::done);
    return expect_each_of_one_kind(cluster, wanted);
  });
}

// A slot's second costs a dollar, and an epoch takes a second. Who begins anew has more to train
// than was foretold.
TEST_P(ShareOnUnlikeMachines, WithinABudget) {
  for_each_case(30, [](Cluster& cluster, const Records& wanted) {
    cluster.sweep.launcher.price_per_hour = 3600;
    for (int dollars = 1 + below(cluster.chance, 8); dollars < 90;
         dollars += 1 + below(cluster.chance, 20)) {
      cluster.sweep.budget = "$" + std::to_string(dollars);
      EXPECT_EQ(cluster.run(true), Exit::done);
      double paid = 0;
      std::int64_t itself = 0;
      for (const Trial& trial : cluster.trials) {
        paid += trial.seconds;
        itself += trial.trained();
      }
      EXPECT_EQ(itself, cluster.launcher.trained);
      EXPECT_LE(paid, dollars * 1.05 + 2 * cluster.room);
      EXPECT_LE(cluster.launcher.trained, paid);
    }
    cluster.sweep.budget.clear();
    EXPECT_EQ(cluster.run(true), Exit::done);
    return expect_each_of_one_kind(cluster, wanted);
  });
}

INSTANTIATE_TEST_SUITE_P(Rules, ShareOnUnlikeMachines,
                         testing::Values(StopRule::none, StopRule::asha, StopRule::median));

// Two tails of one trunk, and the machine of each start.
struct TwoKinds : Family {
  explicit TwoKinds(const std::vector<std::string>& kinds)
      : Family({"aaab", "aaac", "aaad"}, StopRule::none, 1) {
    launcher.machine = [this, kinds] { return kinds.at(starts++); };
  }
  std::size_t starts = 0;
};

TEST(UnlikeMachines, OneThatBeginsAnewNeitherTakesNorGives) {
  // The trunk to epoch 3; its own end; the second elsewhere, the third where the trunk was.
  TwoKinds sweep({"usual", "usual", "rare", "usual"});
  EXPECT_EQ(sweep.run(true), Exit::done);
  EXPECT_EQ(sweep.launcher.trained, 4 + 4 + 1);
  EXPECT_EQ(sweep.trials[1].began_anew, "of usual");
  EXPECT_EQ(sweep.trials[1].given, 0);
  EXPECT_EQ(sweep.trials[2].given, 3);
  EXPECT_NE(sweep.told.find("trial " + sweep.trials[1].id + " begins anew"), std::string::npos);
  EXPECT_NE(trial_table(sweep.trials, sweep.sweep).find("  (begun anew: of usual)"),
            std::string::npos);
  EXPECT_EQ(mixed_trials(sweep.trials), "") << "each was trained on one kind of machine";
}

TEST(UnlikeMachines, WhatHasMetTwoOfThemIsNoOnesPast) {
  TwoKinds sweep({"usual", "rare", "rare", "usual", "usual", "usual"});
  sweep.launcher.requeues = [&](int epoch) { return epoch == 1 && sweep.starts == 1; };
  EXPECT_EQ(sweep.run(true), Exit::done);
  EXPECT_EQ(sweep.trials[0].went_on, "now rare");
  EXPECT_EQ(sweep.trials[1].given, 0) << "it trains the trunk again, and gives it to the third";
  EXPECT_EQ(sweep.trials[2].given, 3);
  EXPECT_EQ(sweep.launcher.trained, 4 + 4 + 1);
  EXPECT_NE(trial_table(sweep.trials, sweep.sweep).find("  (not bit-exact: now rare)"),
            std::string::npos);
  EXPECT_NE(mixed_trials(sweep.trials).find("Not of one machine: 1 of 3 trials went on on"),
            std::string::npos);
}

// The second trial has an epoch of its own when the first, which had failed, trains the trunk.
TEST(UnlikeMachines, WhatOneHasTrainedItselfIsNotLaidOver) {
  TwoKinds sweep({"rare", "usual", "usual", "rare", "rare", "rare"});
  sweep.launcher.fails = [&](const std::string& folder) {
    return folder == sweep.launcher.order.front();
  };
  sweep.run(true, [&] { return sweep.launcher.trained == 1; });
  ASSERT_EQ(sweep.trials[0].state, TrialState::failed);
  ASSERT_EQ(sweep.trials[1].done, 1);
  {
    const auto ledger = open_ledger(sweep.files, sweep.folder.path(), [](const std::string&) {});
    Trial again = sweep.trials[0];
    again.state = TrialState::waiting;
    base::replace_whole(sweep.files, sweep.folder / (again.id + "/trial.json"), trial_json(again));
    ledger->put(again);
  }
  sweep.launcher.fails = [](const std::string&) { return false; };
  sweep.run(true);
  const Trial& second = sweep.trials[1];
  EXPECT_EQ(second.done, 4);
  EXPECT_EQ(second.trained(), 4) << trial_json(second);
  EXPECT_EQ(second.times_anew, 0);
  EXPECT_EQ(second.went_on, "");
}

// An older r50run, or a damaged file, must not make it one that shares again.
TEST(UnlikeMachines, WhatWasSaidOnceStaysSaid) {
  TwoKinds sweep({"usual", "usual", "rare", "rare", "usual"});
  sweep.run(true, [&] { return sweep.told.find("begins anew") != std::string::npos; });
  ASSERT_EQ(sweep.trials[1].times_anew, 1);
  base::replace_whole(base::real_files(), sweep.folder / (sweep.trials[1].id + "/run.json"),
                      "{\"instructions\": \"rare\"}");
  sweep.run(true);
  EXPECT_EQ(sweep.trials[1].state, TrialState::finished);
  EXPECT_EQ(sweep.trials[1].began_anew, "of usual");
  EXPECT_FALSE(sweep.trials[1].shares());
  EXPECT_EQ(sweep.told.find("begins anew"), sweep.told.rfind("begins anew"));
}

TEST(UnlikeMachines, ARunJsonThatCannotBeReadTellsOfNone) {
  test::TempFolder folder{test::TempFolder::in_memory()};
  for (const char* text : {"", "{", "[]", "{\"past_left\": 3}", "{\"went_on\": [3]}"}) {
    base::replace_whole(base::real_files(), folder / "run.json", text);
    const Machines machines = read_machines(base::real_files(), folder.path());
    EXPECT_EQ(machines.began_anew + machines.went_on, "") << text;
  }
}

TEST(UnlikeMachines, ThePlanSaysWhatTheyCost) {
  SweepFile sweep;
  std::vector<Trial> trials(2);
  trials[0].id = "a", trials[0].epochs = 4;
  trials[1].id = "b", trials[1].epochs = 4, trials[1].parent = "a", trials[1].branch = 2;
  EXPECT_EQ(sharing_text(trials, sweep).find("of one kind"), std::string::npos);
  sweep.launcher.kind = LauncherKind::slurm;
  EXPECT_NE(sharing_text(trials, sweep).find("--constraint"), std::string::npos);
}

}  // namespace
}  // namespace r50::sweep
