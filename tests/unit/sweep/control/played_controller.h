#pragma once

// A controller whose trials are played by the test itself, on a clock of its own.

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "config/toml_source.h"
#include "report/rows.h"
#include "support/base/fake_clock.h"
#include "support/temp_folder.h"
#include "sweep/ask/experiments.h"
#include "sweep/control/controller.h"
#include "sweep/roster/roster.h"

namespace r50::sweep {

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
    if (found->second.ended) return Life::gone;
    const Life life = living_are();
    if (life == Life::never) found->second.ended = true;
    return life;
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

  bool hands_over() const override { return hands_trials_over; }

  Life unknown_are = Life::gone;
  std::function<Life()> living_are = [] { return Life::alive; };
  bool hands_trials_over = false;
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
    sweep_.base = {"base.toml"};
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
                           .settled = [&](const Trial& trial) { settled_.push_back(trial); },
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

  // Of trials of which nothing is known before the first has ended.
  Budget* budget(const std::string& text) {
    budget_.reset();
    if (text.empty()) return nullptr;
    const Limit limit = checked_limit(text, sweep_.launcher.price_per_hour);
    budget_.emplace(limit, sweep_, [](const Trial&) { return Makeup{}; });
    if (sweep_.confirm.top > 0) {
      const auto ask = [this](const std::vector<Settings>& v) {
        return check_for_program(sweep_, v);
      };
      budget_->expect_second_stage(check_confirm(sweep_, check_corners(sweep_, ask), ask));
    }
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

  std::optional<test::TempFolder> folder_{std::in_place};
  test::FakeClock clock_;
  std::unique_ptr<PlayedLauncher> launcher_ = std::make_unique<PlayedLauncher>(clock_, 2);
  SweepFile sweep_;
  std::vector<Trial> trials_;
  std::string told_;
  std::vector<Trial> settled_;  // as it was when the controller said so
  bool take_over_ = false;
  std::optional<Budget> budget_;
};

}  // namespace r50::sweep
