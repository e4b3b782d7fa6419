#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <optional>
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

// As kill -9 would: nothing of the controller is left but its files.
struct DeadController {};

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
  bool hasty = false;      // trials end just when room is asked for
  struct Death {           // of the controller, at its start of that number: 1, 2, ...
    int start = 0;
    bool lease_written = false;
  } death;

  int room() override {
    if (hasty) play_all();
    int busy = 0;
    for (const auto& [handle, one] : started) busy += one.ended ? 0 : 1;
    return slots_ - busy;
  }
  std::size_t start(const std::vector<Launch>& launches, const WriteDown& write_down) override {
    std::size_t begun = 0;
    for (const Launch& launch : launches) {
      if (begun == takes) break;
      const std::string handle = "played " + std::to_string(++count_);
      const bool dies = count_ == death.start;
      if (dies && !death.lease_written) throw DeadController();
      write_down(launch, handle);
      if (dies) throw DeadController();
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
    const auto found = started.find(handle);
    if (found == started.end()) return;  // of another machine, perhaps
    ended.emplace_back(handle, how);
    found->second.ended = true;
  }
  void wait(double) override {
    clock_.now += tick;
    if (!hasty) play_all();
  }
  void play_all() {
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
    const auto ledger = open_ledger(files, folder_->path(), [](const std::string&) {});
    const Ask ask = [&](const std::vector<Settings>& v) { return check_for_program(sweep_, v); };
    Roster roster(sweep_, 1, ask, ledger->trials());
    if (!roster.adaptive()) ledger->put(roster.list_all());
    Controller controller({.files = files,
                           .clock = clock_,
                           .launcher = *launcher_,
                           .ledger = *ledger,
                           .sweep = sweep_,
                           .roster = roster,
                           .folder = folder_->path(),
                           .where = folder_->path(),
                           .program = {"played", "base.toml"},
                           .words = {},
                           .tell = [&](const std::string& text) { told_ += text + "\n"; },
                           .stop_wanted = stop,
                           .take_over = take_over_});
    const Exit exit = controller.run();
    trials_ = ledger->trials();
    return exit;
  }

  static int epochs_done(const std::string& folder) {
    const std::string path = folder + "/metrics.jsonl";
    if (!base::real_files().exists(path)) return 0;
    return static_cast<int>(report::read_rows(base::real_files(), path).size());
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

  std::optional<test::TempFolder> folder_{std::in_place};
  test::FakeClock clock_;
  std::unique_ptr<PlayedLauncher> launcher_ = std::make_unique<PlayedLauncher>(clock_, 2);
  SweepFile sweep_;
  std::vector<Trial> trials_;
  std::string told_;
  bool take_over_ = false;
};

// The issue's own figures: nothing for max(20 times the usual gap, 10 minutes).
TEST_F(SweepController, EndsATrialThatHangsAndStartsItAgain) {
  vary("parameters.x.values = [1, 2]\nparameters.\"run.epochs\".value = 4\n");
  launcher_->tick = 45;  // of which 20 are 15 minutes
  bool hung = false;
  double hung_at = 0;
  launcher_->play = [&](const PlayedLauncher::Played& one) {
    if (x_of(one) == 1 && epochs_done(one.folder) == 2 && !(hung && launcher_->order.size() > 2)) {
      if (!hung) hung_at = clock_.now;
      hung = true;
      return false;
    }
    return train(one, 50, 4);
  };
  EXPECT_EQ(run(), Exit::done);
  ASSERT_EQ(launcher_->ended.size(), 1u);
  EXPECT_EQ(launcher_->ended[0].second, Launcher::How::at_once);
  EXPECT_EQ(trials_[0].faults + trials_[1].faults, 1);
  EXPECT_EQ(trials_[0].state, TrialState::finished);
  EXPECT_EQ(trials_[1].state, TrialState::finished);
  EXPECT_THAT(told_, HasSubstr("has written nothing for 15 minutes"));
  EXPECT_TRUE(base::real_files().exists(*folder_ / (launcher_->order[0] + "/hang.txt")));
}

// A cluster that takes one at a time of those that it said to have room for.
TEST_F(SweepController, StartsLaterWhatIsNotTakenNow) {
  vary("parameters.x.values = [1, 2, 3, 4]\nparameters.\"run.epochs\".value = 2\n");
  launcher_->takes = 0;
  int moments = 0;
  launcher_->play = [&](const PlayedLauncher::Played& one) { return train(one, 50, 2); };
  const auto later = [&] {
    if (++moments == 5) launcher_->takes = 1;
    return false;
  };
  EXPECT_EQ(run(later), Exit::done);
  EXPECT_GE(moments, 5);
  EXPECT_EQ(launcher_->order.size(), 4u);
  for (const Trial& trial : trials_) EXPECT_EQ(trial.state, TrialState::finished);
}

TEST_F(SweepController, LeavesASlowTrialAlone) {
  vary("parameters.x.values = [1, 2]\nparameters.\"run.epochs\".value = 3\n");
  launcher_->tick = 3000;  // 50 minutes from row to row; 20 of them are no hang
  int rests = 0;
  launcher_->play = [&](const PlayedLauncher::Played& one) {
    if (epochs_done(one.folder) == 2 && rests < 20) {
      ++rests;
      return false;
    }
    return train(one, 50, 3);
  };
  EXPECT_EQ(run(), Exit::done);
  EXPECT_TRUE(launcher_->ended.empty());
}

TEST_F(SweepController, PromotesByCheckpoint) {
  vary("parameters.x.values = [5, 9, 1, 4, 8, 2, 7, 3, 6]\nparameters.\"run.epochs\".value = 9\n");
  sweep_.stop.type = StopRule::asha;
  launcher_->play = [&](const PlayedLauncher::Played& one) {
    return train(one, 10 * x_of(one), 9);
  };
  EXPECT_EQ(run(), Exit::done);
  int epochs = 0, finished = 0;
  for (const Trial& trial : trials_) {
    epochs += epochs_done(*folder_ / trial.id);
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
  launcher_->play = [&](const PlayedLauncher::Played& one) {
    return train(one, 100 - 10 * x_of(one), 8);
  };
  EXPECT_EQ(run(), Exit::done);
  EXPECT_EQ(trials_[0].state, TrialState::finished);
  EXPECT_EQ(trials_[5].state, TrialState::stopped);
  EXPECT_EQ(trials_[5].message, "below the median of the others");
  EXPECT_LT(epochs_done(*folder_ / trials_[5].id), 8);
}

TEST_F(SweepController, GivesUpAfterTooManyFaults) {
  vary("parameters.x.values = [1, 2]\n");
  sweep_.retry.times = 2;
  EXPECT_EQ(run(), Exit::failed);
  EXPECT_EQ(launcher_->order.size(), 2u * 3);
  EXPECT_EQ(trials_[0].state, TrialState::failed);
  EXPECT_THAT(trials_[0].message, HasSubstr("given up after 3 faults; the last: it was killed"));
}

TEST_F(SweepController, RunsTheBestPointsAgain) {
  vary("parameters.x.values = [1, 3, 2]\nparameters.\"run.epochs\".value = 2\n");
  sweep_.confirm.top = 2;
  sweep_.confirm.seeds = 3;
  sweep_.confirm.set = {{"run.epochs", Value(4)}};
  launcher_->play = [&](const PlayedLauncher::Played& one) {
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

// With one slot, each decision rests on the same facts wherever the controller is killed, and
// whether a trial's end is seen at once or a moment later.
class SweepSequence : public SweepController {
 protected:
  void SetUp() override {
    SweepController::SetUp();
    sweep_.method = Method::tpe;
    sweep_.run_cap = 12;
    sweep_.stop.type = StopRule::asha;
    vary("parameters.x = {min = 0.0, max = 9.0}\nparameters.\"run.epochs\".value = 9\n");
  }

  struct Life {
    std::vector<std::string> begun;  // each start's trial, and the epochs it had
    std::string ends;                // of all trials
  };
  // Lives until there is nothing to do.
  Life live(PlayedLauncher::Death death, bool hasty) {
    folder_.emplace();
    launcher_ = std::make_unique<PlayedLauncher>(clock_, 1);
    launcher_->death = death;
    launcher_->hasty = hasty;
    Life life;
    std::map<std::string, int> epochs;
    launcher_->play = [&](const PlayedLauncher::Played& one) {
      const int done = epochs_done(one.folder);
      if (done == epochs[one.folder] && started_.insert({one.folder, one.argv.back()}).second) {
        life.begun.push_back(one.argv[2] + " at " + std::to_string(done));
      }
      // Two epochs in one do not improve: ranks change from rung to rung.
      epochs[one.folder] = done + 1;
      return train(one, 50 + 10 * std::sin(7 * x_of(one) + done / 2), 9);
    };
    for (int lives = 0; lives < 3; ++lives) {
      try {
        EXPECT_EQ(run(), Exit::done);
      } catch (const DeadController&) {
      }
    }
    for (Trial trial : trials_) {
      trial.seconds = trial.faults = trial.faulted_at = 0;
      life.ends += trial_json(trial);
    }
    started_.clear();
    return life;
  }

  std::set<std::pair<std::string, std::string>> started_;
};

TEST_F(SweepSequence, IsTheSameWhereverTheControllerIsKilled) {
  const Life straight = live({}, false);
  ASSERT_GT(straight.begun.size(), 12u);
  EXPECT_EQ(live({}, true).ends, straight.ends) << "an end is seen a moment later";
  for (int start = 1; start <= static_cast<int>(straight.begun.size()); ++start) {
    for (const bool lease_written : {false, true}) {
      const Life killed = live({start, lease_written}, false);
      EXPECT_EQ(killed.begun, straight.begun) << start << lease_written;
      EXPECT_EQ(killed.ends, straight.ends) << start << lease_written;
    }
  }
}

// Trials that a controller on another machine has begun: nobody here knows its processes.
class SweepLease : public SweepController {
 protected:
  void SetUp() override {
    SweepController::SetUp();
    vary("parameters.x.values = [1, 2]\nparameters.\"run.epochs\".value = 3\n");
    launcher_->tick = 20;
    launcher_->play = [](const PlayedLauncher::Played& one) { return train(one, 50, 3); };
    int rounds = 0;
    run([&] { return ++rounds > 1; });
    for (const Trial& trial : trials_) {
      base::replace_whole(base::real_files(), file_of(trial, "lease"), "far boot 12 34 0\n");
      base::real_files().remove(file_of(trial, "metrics.jsonl"));
    }
    const auto ledger = open_ledger(base::real_files(), folder_->path(), [](auto&) {});
    for (Trial trial : trials_) {
      trial.state = TrialState::running;
      ledger->put(trial);
    }
    launcher_->order.clear();
    launcher_->unknown_are = Life::elsewhere;
    told_.clear();
  }

  std::string file_of(const Trial& trial, const std::string& name) {
    return *folder_ / (trial.id + "/" + name);
  }
  void write(const Trial& trial, const std::string& name, const std::string& text) {
    base::replace_whole(base::real_files(), file_of(trial, name), text);
  }
  // `each` round something happens over there; after so many minutes it is told to stop.
  Exit watch(int minutes, const std::function<void(int round)>& each) {
    int round = 0;
    const double end = clock_.now + 60 * minutes;
    return run([&, end] {
      each(++round);
      return clock_.now > end;
    });
  }
};

TEST_F(SweepLease, IsLeftAloneWhileItsKeeperBeats) {
  const auto beat = [&](int round) {
    for (const Trial& trial : trials_) write(trial, "beat", std::to_string(round / 3));
  };
  EXPECT_EQ(watch(24 * 60, beat), Exit::interrupted);
  EXPECT_TRUE(launcher_->order.empty());
  EXPECT_THAT(told_, HasSubstr("was started on 'far' and may still run there"));
  EXPECT_EQ(trials_[0].state, TrialState::running) << "its lease stays as it is";
}

TEST_F(SweepLease, ExpiresAfterAQuarterOfAnHourOfSilence) {
  EXPECT_EQ(watch(14, [](int) {}), Exit::interrupted);
  EXPECT_TRUE(launcher_->order.empty()) << "another controller's watch begins anew";
  EXPECT_EQ(watch(14, [](int) {}), Exit::interrupted);
  EXPECT_TRUE(launcher_->order.empty());
  EXPECT_EQ(watch(60, [](int) {}), Exit::done);
  EXPECT_EQ(launcher_->order.size(), 2u);
  EXPECT_THAT(told_, HasSubstr("has written nothing for 15 minutes"));
  EXPECT_EQ(trials_[0].state, TrialState::finished);
  EXPECT_EQ(trials_[0].faults, 1);
}

// One without a keeper's beats, whose rows come every 20 minutes.
TEST_F(SweepLease, OfASlowTrialIsNotCutShort) {
  int rows = 0;
  double latest = clock_.now;
  const auto far_away = [&](int) {
    if (clock_.now - latest < 20 * 60 && rows > 0) return;
    latest = clock_.now;
    EvaluationEvent event;
    event.epoch = event.step = ++rows;
    event.set = "plain";
    event.wall_seconds = 20 * 60;
    for (const Trial& trial : trials_) {
      const auto file = base::real_files().append(file_of(trial, "metrics.jsonl"));
      file->write(report::row_text({rows - 1, event}) + "\n");
      file->close();
    }
  };
  EXPECT_EQ(watch(10 * 60, far_away), Exit::interrupted);
  EXPECT_GT(rows, 25);
  EXPECT_TRUE(launcher_->order.empty());
}

TEST_F(SweepLease, EndsWithItsTrial) {
  const auto finish = [&](int round) {
    if (round != 5) return;
    for (const Trial& trial : trials_) {
      write(trial, "result.json", "{\"top1\": 12}");
      write(trial, "exit", "0\n");
    }
  };
  EXPECT_EQ(watch(60, finish), Exit::done);
  EXPECT_TRUE(launcher_->order.empty());
  EXPECT_EQ(trials_[1].state, TrialState::finished);
  EXPECT_EQ(trials_[1].value, 12);
}

TEST_F(SweepLease, IsTakenAtOnceByWhoSaysSo) {
  take_over_ = true;
  EXPECT_EQ(watch(60, [](int) {}), Exit::done);
  EXPECT_EQ(launcher_->order.size(), 2u);
  EXPECT_EQ(trials_[0].state, TrialState::finished);
}

// A machine that slept, a halted controller, a clock that was set: time in which nobody looked says
// nothing of the trials.
TEST_F(SweepLease, DoesNotExpireInHoursThatNobodySaw) {
  const auto jump = [&](int round) {
    if (round == 5) clock_.now += 40'000;
    if (round == 8) clock_.wall += 1e8;
    if (round == 9) clock_.wall -= 2e8;
    if (round == 12) clock_.now -= 30'000;
  };
  const double end = clock_.now + 10'000 + 13 * 60;
  int round = 0;
  EXPECT_EQ(run([&] {
              jump(++round);
              return round > 12 && clock_.now > end;
            }),
            Exit::interrupted);
  EXPECT_TRUE(launcher_->order.empty());
}

TEST_F(SweepController, TakesNoJumpOfAClockForAHang) {
  vary("parameters.x.values = [1, 2]\nparameters.\"run.epochs\".value = 6\n");
  int jumps = 0;
  launcher_->play = [&](const PlayedLauncher::Played& one) { return train(one, 50, 6); };
  EXPECT_EQ(run([&] {
              const double leaps[] = {0, 20'000, -15'000, 5e6, -5e6, 3'600};
              clock_.now += jumps < 6 ? leaps[jumps] : 0;
              clock_.wall += jumps < 6 ? -3 * leaps[jumps] : 0;
              ++jumps;
              return false;
            }),
            Exit::done);
  EXPECT_TRUE(launcher_->ended.empty());
  for (const Trial& trial : trials_) EXPECT_EQ(trial.faults, 0);
}

// What an earlier controller has seen of a trial's pace stands in its rows.
TEST_F(SweepController, KnowsTheGapsOfATrialThatItTakesUp) {
  vary("parameters.x.values = [1]\nparameters.\"run.epochs\".value = 9\n");
  int rounds = 0;
  launcher_->play = [&](const PlayedLauncher::Played&) { return false; };
  run([&] { return ++rounds > 1; });
  EvaluationEvent event;
  event.epoch = event.step = 1;
  event.set = "plain";
  event.wall_seconds = 120;
  const std::string folder = *folder_ / trials_[0].id;
  const auto file = base::real_files().append(folder + "/metrics.jsonl");
  file->write(report::row_text({0, event}) + "\n");
  file->close();
  {
    const auto ledger = open_ledger(base::real_files(), folder_->path(), [](auto&) {});
    trials_[0].state = TrialState::running;
    ledger->put(trials_[0]);
  }
  base::replace_whole(base::real_files(), folder + "/lease", "played 9\n");
  launcher_->started["played 9"] = {folder, {}, false};
  launcher_->ended.clear();
  launcher_->tick = 30;
  const double end = clock_.now + 60 * 35;  // 20 times 2 minutes are no hang; 10 minutes would be
  run([&] { return clock_.now > end; });
  ASSERT_EQ(launcher_->ended.size(), 1u);
  EXPECT_EQ(launcher_->ended[0].second, Launcher::How::gently) << "only told to stop, at the end";
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
