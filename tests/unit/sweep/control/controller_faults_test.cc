#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "played_controller.h"

namespace r50::sweep {
namespace {

using testing::HasSubstr;

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
      epochs[one.folder] = done + 1;
      const int half =
          done / 2;  // two epochs in one do not improve: ranks change from rung to rung
      return train(one, 50 + 10 * std::sin(7 * x_of(one) + half), 9);
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
  // `each` round something happens over there; after this many minutes it is asked to stop.
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
  EXPECT_TRUE(launcher_->order.empty()) << "another controller's watch begins again";
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
  EXPECT_EQ(launcher_->ended[0].second, Launcher::How::gently) << "only asked to stop, at the end";
}

}  // namespace
}  // namespace r50::sweep
