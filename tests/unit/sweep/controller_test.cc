#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <set>

#include "config/toml_source.h"
#include "report/rows.h"
#include "support/base/fake_clock.h"
#include "support/temp_folder.h"
#include "sweep/ask/program.h"
#include "sweep/control/controller.h"
#include "sweep/control/sweep_folder.h"

namespace r50::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Trials that live in this test: each look() lets every one of them do an epoch.
class PlayedLauncher final : public Launcher {
 public:
  PlayedLauncher(test::FakeClock& clock, int slots) : clock_(clock), slots_(slots) {}

  struct Played {
    std::string folder;
    std::vector<std::string> argv;
    bool ended = false;
  };
  // Plays one moment of a trial; true: it has ended, and has written what it leaves.
  std::function<bool(const Played&)> play = [](const Played&) { return true; };
  double tick = 1;         // seconds that a wait takes
  std::size_t takes = 99;  // trials at a start

  int room() override {
    int busy = 0;
    for (const auto& [handle, one] : started) busy += one.ended ? 0 : 1;
    return slots_ - busy;
  }
  std::size_t start(const std::vector<Launch>& launches, const WriteDown& write_down) override {
    std::size_t begun = 0;
    for (const Launch& launch : launches) {
      if (begun == takes) break;
      const std::string handle = "played " + std::to_string(++count_);
      write_down(launch, handle);
      started[handle] = {launch.folder, launch.argv, false};
      order.push_back(launch.id);
      ++begun;
    }
    return begun;
  }
  void adopt(const std::string& handle) override { adopted.insert(handle); }
  Life look(const std::string& handle) override {
    const auto found = started.find(handle);
    if (found == started.end()) return unknown_are;
    return found->second.ended ? Life::gone : Life::alive;
  }
  void end(const std::string& handle, How how) override {
    ended.emplace_back(handle, how);
    started[handle].ended = true;
  }
  void wait(double) override {
    clock_.now += tick;
    for (auto& [handle, one] : started) {
      if (!one.ended) one.ended = play(one);
    }
  }

  Life unknown_are = Life::gone;
  std::map<std::string, Played> started;
  std::vector<std::string> order;  // of the ids started
  std::set<std::string> adopted;
  std::vector<std::pair<std::string, How>> ended;

 private:
  test::FakeClock& clock_;
  int slots_, count_ = 0;
};

class SweepController : public testing::Test {
 protected:
  void SetUp() override {
    sweep_.name = "s";
    sweep_.launcher.program = {"played"};
    sweep_.base = "base.toml";
  }

  void vary(const std::string& toml) {
    Problems problems;
    const auto file = config::parse_toml(toml, "s.toml", problems);
    ASSERT_TRUE(file) << problems.report();
    sweep_.parameters = read_parameters(*file->table(), problems);
    ASSERT_EQ(problems.report(), "");
  }

  // One controller's life. Answers as run() does.
  Exit run(const std::function<bool()>& stop = [] { return false; }) {
    base::Files& files = base::real_files();
    const auto ledger = open_ledger(files, folder_.path(), [](const std::string&) {});
    const Ask ask = [&](const std::vector<Settings>& v) { return check_for_program(sweep_, v); };
    Roster roster(sweep_, 1, ask, ledger->trials());
    if (!roster.adaptive()) ledger->put(roster.list_all());
    Controller controller({.files = files,
                           .clock = clock_,
                           .launcher = launcher_,
                           .ledger = *ledger,
                           .sweep = sweep_,
                           .roster = roster,
                           .folder = folder_.path(),
                           .where = folder_.path(),
                           .program = {"played", "base.toml"},
                           .words = {},
                           .tell = [&](const std::string& text) { told_ += text + "\n"; },
                           .stop_wanted = stop,
                           .take_over = take_over_,
                           .budget = budget(sweep_.budget)});
    const Exit exit = controller.run();
    trials_ = ledger->trials();
    return exit;
  }

  static int epochs_done(const std::string& folder) {
    const std::string path = folder + "/metrics.jsonl";
    if (!base::real_files().exists(path)) return 0;
    return static_cast<int>(report::read_rows(base::real_files(), path).size());
  }

  // Of trials that nobody knows anything about before the first is through.
  Budget* budget(const std::string& text) {
    budget_.reset();
    if (text.empty()) return nullptr;
    const Limit limit = checked_limit(text, sweep_.launcher.price_per_hour);
    budget_.emplace(limit, sweep_, [](const Trial&) { return Build{}; });
    return &*budget_;
  }

  int finished() const {
    int count = 0;
    for (const Trial& trial : trials_) count += trial.state == TrialState::finished ? 1 : 0;
    return count;
  }

  // An epoch of a trial whose accuracy is `worth` in the end; result and pause as r50run has them.
  static bool train(const PlayedLauncher::Played& one, double worth, int epochs) {
    const int done = epochs_done(one.folder) + 1;
    EvaluationEvent event;
    event.epoch = event.step = done;
    event.set = "plain";
    event.top1 = worth * done / epochs;
    const auto file = base::real_files().append(one.folder + "/metrics.jsonl");
    file->write(report::row_text({done - 1, event}) + "\n");
    file->close();
    if (done == epochs) {
      base::replace_whole(
          base::real_files(), one.folder + "/result.json",
          "{\"last\": [{\"set\": \"plain\", \"top1\": " + std::to_string(worth) + "}]}");
      return true;
    }
    for (std::size_t i = 0; i + 1 < one.argv.size(); ++i) {
      if (one.argv[i] == "--until" && one.argv[i + 1] == std::to_string(done) + " epochs") {
        return true;
      }
    }
    return false;
  }

  static double x_of(const PlayedLauncher::Played& one) {
    for (const std::string& word : one.argv) {
      if (word.rfind("x=", 0) == 0) return std::atof(word.c_str() + 2);
    }
    return 0;
  }

  test::TempFolder folder_;
  test::FakeClock clock_;
  PlayedLauncher launcher_{clock_, 2};
  SweepFile sweep_;
  std::vector<Trial> trials_;
  std::string told_;
  bool take_over_ = false;
  std::optional<Budget> budget_;
};

// The issue's own figures: nothing for max(20 times the usual gap, 10 minutes).
TEST_F(SweepController, EndsATrialThatHangsAndStartsItAgain) {
  vary("parameters.x.values = [1, 2]\nparameters.\"run.epochs\".value = 4\n");
  launcher_.tick = 45;  // of which 20 are 15 minutes
  bool hung = false;
  double hung_at = 0;
  launcher_.play = [&](const PlayedLauncher::Played& one) {
    if (x_of(one) == 1 && epochs_done(one.folder) == 2 && !(hung && launcher_.order.size() > 2)) {
      if (!hung) hung_at = clock_.now;
      hung = true;
      return false;
    }
    return train(one, 50, 4);
  };
  EXPECT_EQ(run(), Exit::done);
  ASSERT_EQ(launcher_.ended.size(), 1u);
  EXPECT_EQ(launcher_.ended[0].second, Launcher::How::at_once);
  EXPECT_EQ(trials_[0].faults + trials_[1].faults, 1);
  EXPECT_EQ(trials_[0].state, TrialState::finished);
  EXPECT_EQ(trials_[1].state, TrialState::finished);
  EXPECT_THAT(told_, HasSubstr("has written nothing for 15 minutes"));
  EXPECT_TRUE(base::real_files().exists(folder_ / (launcher_.order[0] + "/hang.txt")));
}

// A cluster that takes one at a time of those that it said to have room for.
TEST_F(SweepController, StartsLaterWhatIsNotTakenNow) {
  vary("parameters.x.values = [1, 2, 3, 4]\nparameters.\"run.epochs\".value = 2\n");
  launcher_.takes = 0;
  int moments = 0;
  launcher_.play = [&](const PlayedLauncher::Played& one) { return train(one, 50, 2); };
  const auto later = [&] {
    if (++moments == 5) launcher_.takes = 1;
    return false;
  };
  EXPECT_EQ(run(later), Exit::done);
  EXPECT_GE(moments, 5);
  EXPECT_EQ(launcher_.order.size(), 4u);
  for (const Trial& trial : trials_) EXPECT_EQ(trial.state, TrialState::finished);
}

TEST_F(SweepController, LeavesASlowTrialAlone) {
  vary("parameters.x.values = [1, 2]\nparameters.\"run.epochs\".value = 3\n");
  launcher_.tick = 3000;  // 50 minutes from row to row; 20 of them are no hang
  int rests = 0;
  launcher_.play = [&](const PlayedLauncher::Played& one) {
    if (epochs_done(one.folder) == 2 && rests < 20) {
      ++rests;
      return false;
    }
    return train(one, 50, 3);
  };
  EXPECT_EQ(run(), Exit::done);
  EXPECT_TRUE(launcher_.ended.empty());
}

TEST_F(SweepController, PromotesByCheckpoint) {
  vary("parameters.x.values = [5, 9, 1, 4, 8, 2, 7, 3, 6]\nparameters.\"run.epochs\".value = 9\n");
  sweep_.stop.type = StopRule::asha;
  launcher_.play = [&](const PlayedLauncher::Played& one) { return train(one, 10 * x_of(one), 9); };
  EXPECT_EQ(run(), Exit::done);
  int epochs = 0, finished = 0;
  for (const Trial& trial : trials_) {
    epochs += epochs_done(folder_ / trial.id);
    finished += trial.state == TrialState::finished ? 1 : 0;
    EXPECT_NE(trial.state, TrialState::running);
  }
  EXPECT_GE(finished, 1);
  EXPECT_EQ(trials_[1].state, TrialState::finished) << "the best one";
  EXPECT_LT(epochs, 9 * 9 / 2) << "most were not trained to their end";
}

TEST_F(SweepController, EndsWhatIsBelowTheMedian) {
  vary("parameters.x.values = [1, 2, 3, 4, 5, 6]\nparameters.\"run.epochs\".value = 8\n");
  sweep_.stop.type = StopRule::median;
  sweep_.stop.min_iter = 2;
  sweep_.stop.min_trials = 2;
  launcher_.play = [&](const PlayedLauncher::Played& one) {
    return train(one, 100 - 10 * x_of(one), 8);
  };
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(trials_[0].state, TrialState::finished);
  EXPECT_EQ(trials_[5].state, TrialState::stopped);
  EXPECT_EQ(trials_[5].message, "below the median of the others");
  EXPECT_LT(epochs_done(folder_ / trials_[5].id), 8);
}

TEST_F(SweepController, GivesUpAfterTooManyFaults) {
  vary("parameters.x.values = [1, 2]\n");
  sweep_.retry.times = 2;
  EXPECT_EQ(run(), Exit::failed);
  EXPECT_EQ(launcher_.order.size(), 2u * 3);
  EXPECT_EQ(trials_[0].state, TrialState::failed);
  EXPECT_THAT(trials_[0].message, HasSubstr("given up after 3 faults; the last: it was killed"));
}

TEST_F(SweepController, RunsTheBestPointsAgain) {
  vary("parameters.x.values = [1, 3, 2]\nparameters.\"run.epochs\".value = 2\n");
  sweep_.confirm.top = 2;
  sweep_.confirm.seeds = 3;
  sweep_.confirm.set = {{"run.epochs", Value(4)}};
  launcher_.play = [&](const PlayedLauncher::Played& one) {
    int epochs = 2;
    for (const std::string& word : one.argv) {
      if (word.rfind("run.epochs=", 0) == 0) epochs = std::atoi(word.c_str() + 11);
    }
    return train(one, x_of(one), epochs);
  };
  EXPECT_EQ(run(), Exit::done);
  ASSERT_EQ(trials_.size(), 3u + 2 * 3);
  EXPECT_EQ(trials_[3].stage, "confirm");
  EXPECT_THAT(trials_[3].words, ElementsAre("run.epochs=2", "x=3", "run.epochs=4", "run.seed=2"));
  EXPECT_THAT(trials_[8].words, ElementsAre("run.epochs=2", "x=2", "run.epochs=4", "run.seed=4"));
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(trials_.size(), 9u) << "the same again adds nothing";
}

// Nine points with two seeds, 20 seconds a trial, a dollar a second.
TEST_F(SweepController, SpendsMoneyOnFirstSeedsFirstAndStopsInTime) {
  vary(
      "parameters.x.values = [1, 2, 3]\nparameters.y.values = [1, 2, 3]\n"
      "parameters.\"run.epochs\".value = 2\n");
  sweep_.seeds = 2;
  sweep_.launcher.price_per_hour = 3600;
  sweep_.budget = "$200";
  launcher_.tick = 10;
  launcher_.play = [&](const PlayedLauncher::Played& one) { return train(one, x_of(one), 2); };
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(finished(), 10);
  for (const Trial& trial : trials_) {
    if (trial.replicate == 0) {
      EXPECT_EQ(trial.state, TrialState::finished) << trial.sets();
    }
  }
  EXPECT_THAT(told_, HasSubstr("left out by the budget (used $200.00 of $200): 8 trials"));
  EXPECT_THAT(told_, HasSubstr("run.seed=2"));

  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(launcher_.order.size(), 10u) << "nothing is left to spend";
  sweep_.budget = "$1000";
  told_.clear();
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(finished(), 18);
  EXPECT_EQ(launcher_.order.size(), 18u) << "none was begun twice";
  EXPECT_EQ(told_, "");
}

TEST_F(SweepController, EndsByTheClockWithAllSlotsAtWork) {
  vary(
      "parameters.x.values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]\n"
      "parameters.\"run.epochs\".value = 2\n");
  sweep_.budget = "2 minutes";  // six trials a slot
  launcher_.tick = 10;
  launcher_.play = [&](const PlayedLauncher::Played& one) { return train(one, x_of(one), 2); };
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(finished(), 12);
  EXPECT_LE(clock_.now, 130);
  EXPECT_THAT(told_, HasSubstr("2 trials"));
}

// A promise that was broken once is not kept up: more than a twentieth over is too much.
TEST_F(SweepController, LetsTrialsSaveAndLeaveThatTakeMuchLongerThanForetold) {
  vary(
      "parameters.\"run.epochs\".value = 4\n[[trial]]\nx = 1\n[[trial]]\nx = 2\n[[trial]]\nx = "
      "3\n");
  sweep_.method = Method::list;
  sweep_.launcher.price_per_hour = 3600;
  sweep_.budget = "$140";
  launcher_.tick = 10;
  bool slow = true;
  launcher_.play = [&](const PlayedLauncher::Played& one) {
    if (x_of(one) == 3 && epochs_done(one.folder) == 1 && slow) return false;
    return train(one, x_of(one), 4);
  };
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(finished(), 2);
  ASSERT_EQ(launcher_.ended.size(), 1u);
  EXPECT_EQ(launcher_.ended[0].second, Launcher::How::gently);
  EXPECT_THAT(told_, HasSubstr("the budget is used up (used $150.00 of $140)"));
  EXPECT_THAT(told_, HasSubstr("(stands at epoch 1 of 4)"));
  EXPECT_EQ(trials_[2].state, TrialState::waiting);
  EXPECT_EQ(trials_[2].faults, 0) << "it is to blame for nothing";
  slow = false;
  sweep_.budget = "$500";
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(finished(), 3);
}

// What has no promise yet is begun; a search is asked for no point that could not be paid.
TEST_F(SweepController, EndsASearchThatMakesUpItsTrialsAsItGoes) {
  vary("parameters.x = {min = 0.0, max = 4.0}\nparameters.\"run.epochs\".value = 2\n");
  sweep_.method = Method::tpe;
  sweep_.run_cap = 50;
  sweep_.launcher.price_per_hour = 3600;
  sweep_.budget = "$90";
  launcher_.tick = 10;
  launcher_.play = [&](const PlayedLauncher::Played& one) { return train(one, x_of(one), 2); };
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(finished(), 4);
  EXPECT_EQ(trials_.size(), 4u);
  EXPECT_THAT(told_, HasSubstr("the budget ended the search before run_cap did"));
}

// What a trial ran for while no controller lived is paid as well.
TEST_F(SweepController, CountsTheTimeThatAKilledControllerDidNotSee) {
  vary("parameters.x.values = [1, 2]\nparameters.\"run.epochs\".value = 2\n");
  clock_.wall = 1000;
  int rounds = 0;
  run([&] { return ++rounds > 1; });
  {
    const auto ledger = open_ledger(base::real_files(), folder_.path(), [](auto&) {});
    for (Trial trial : ledger->trials()) {
      EXPECT_EQ(trial.began, 1000);
      trial.state = TrialState::running;
      trial.seconds = 5;  // of an earlier start
      ledger->put(trial);
      base::replace_whole(base::real_files(), folder_ / (trial.id + "/lease"), "who knows\n");
      base::replace_whole(base::real_files(), folder_ / (trial.id + "/exit"), "75\n");
    }
  }
  clock_.wall = 1060;
  launcher_.play = [&](const PlayedLauncher::Played& one) { return train(one, 50, 2); };
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(finished(), 2);
  // It ended at some moment up to now; the files here are of the real now, later than this clock's.
  EXPECT_DOUBLE_EQ(trials_[0].seconds, 5 + 60 + 2);
}

// Nobody knows what a process on another machine does.
TEST_F(SweepController, LeavesTrialsOfAnotherMachineUntilToldTo) {
  vary("parameters.x.values = [1, 2]\n");
  int rounds = 0;
  run([&] { return ++rounds > 1; });
  for (const std::string& id : launcher_.order) {
    base::replace_whole(base::real_files(), folder_ / (id + "/lease"), "far away\n");
  }
  {
    const auto ledger = open_ledger(base::real_files(), folder_.path(), [](auto&) {});
    for (Trial trial : ledger->trials()) {
      trial.state = TrialState::running;
      ledger->put(trial);
    }
  }
  launcher_.order.clear();
  launcher_.unknown_are = Life::unknown;
  rounds = 0;
  EXPECT_EQ(run([&] { return ++rounds > 50; }), Exit::interrupted);
  EXPECT_TRUE(launcher_.order.empty()) << "it might still be running there";
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
