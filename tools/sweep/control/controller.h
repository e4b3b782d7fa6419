#pragma once

// Brings a sweep's trials to their ends: starts them where there is room, sees what became of them,
// and writes down everything before it acts on it. So a controller that is killed at any point is
// followed by one that resumes its work.

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "r50/error.h"
#include "sweep/budget/budget.h"
#include "sweep/launch/launcher.h"
#include "sweep/roster/begun_with.h"
#include "sweep/roster/roster.h"
#include "sweep/stop/stopper.h"
#include "sweep/trial/ledger.h"
#include "sweep/trial/trial_folder.h"

namespace r50::sweep {

struct ControllerParts {
  base::Files& files;
  base::Clock& clock;
  Launcher& launcher;
  Ledger& ledger;
  const SweepFile& sweep;
  Roster& roster;
  std::string folder;                // of the sweep, absolute
  std::string where;                 // the folder trials run in, absolute
  std::vector<std::string> program;  // the words before a trial's own
  std::vector<std::string> words;    // of every trial: threads and the like
  // The experiment with these words, as a whole file.
  std::function<std::string(const std::vector<std::string>& words)> explain = nullptr;
  std::function<void(const std::string&)> tell;
  std::function<void(const Trial&)> settled = nullptr;  // one has ended, or waits at a rung
  std::function<bool()> stop_wanted;
  bool take_over = false;  // trials that another machine runs are taken for dead
  const Builds* builds = nullptr;
  Budget* budget = nullptr;  // none: every trial is begun
};

// How long a controller has looked at its trials. Only that can say that a trial hangs, or that the
// lease of another machine has expired. Hours in which no controller looked (the machine slept, or
// the controller was halted by SIGSTOP) prove nothing, since the trials may have stood still, too.
// It rests on the clock that never goes back. Where that clock jumps when a machine wakes up, a
// step counts for a minute at most.
class ObservedTime {
 public:
  explicit ObservedTime(const base::Clock& clock) : clock_(clock), latest_(clock.seconds()) {}

  void look() {  // once a round
    const double now = clock_.seconds();
    seconds_ += std::clamp(now - latest_, 0.0, longest_step);
    latest_ = now;
  }
  double seconds() const { return seconds_; }

 private:
  static constexpr double longest_step = 60;  // rounds are half a second apart

  const base::Clock& clock_;
  double latest_;
  double seconds_ = 0;
};

struct Watch {  // of a running trial
  std::string handle;
  double begun = 0;             // clock seconds
  std::int64_t rows = 0;        // of its metrics, when last looked at
  std::string beat;             // what its keeper last wrote, to show that both live
  double since = 0, moved = 0;  // observed seconds: at its begin, and when rows or beat came
  std::optional<double> asked;  // to end: when, in observed seconds
  bool queued = false;          // it waits for its turn
};

// What the parts of a controller share: the sweep, its trials, and what is known of those that run.
// The Watcher looks at processes, the Settler decides by a trial's folder what became of it, the
// Chooser says which trial starts next. Each of them reads and writes this, and nothing of another.
struct Board {
  explicit Board(ControllerParts given) : parts(std::move(given)), observed(parts.clock) {}

  ControllerParts parts;
  ObservedTime observed;
  std::unique_ptr<Stopper> stopper;                         // none as long as there is no trial
  std::map<std::int64_t, Watch> watches;                    // of running trials, by their numbers
  std::map<std::int64_t, std::vector<EpochValue>> reports;  // by the trial's number
  bool exhausted = false;                                   // the search has no further points
  bool stopping = false;                                    // trials are asked to save and leave

  std::vector<Trial>& trials() const { return parts.roster.trials(); }
  std::string folder_of(const Trial& trial) const { return parts.folder + "/" + trial.id; }
  Facts facts_of(const Trial& trial) const;  // in epochs of its own
  Watch new_watch() const;
  void end(Watch& watch, Launcher::How how);

  void know_stopper();
  // The last rung that the trial has come to; 0: none yet.
  std::int64_t rung_of(const Trial& trial) const;
  std::vector<Contender> contenders() const;

  // In the ledger, and in trial.json once the trial is over.
  void change(Trial& trial, TrialState state, const std::string& message = "");
};

// What became of a trial whose process has ended: its folder decides.
class Settler {
 public:
  explicit Settler(Board& board) : board_(board) {}

  // It has ended, somehow.
  void settle(Trial& trial);
  // What its record says of it so far.
  void take_in(Trial& trial, const Facts& facts);

  // Trials whose merged run is over are over with it, or train by themselves. True: some were.
  bool serve_followers();
  // The first trials all failed with one message: an experiment that cannot work is found out by
  // them, not by all.
  bool all_fail_alike();

 private:
  void fault(Trial& trial, const std::string& why);
  void follow(Trial& trial, const Trial& run);

  Board& board_;
};

// Looks at the processes of running trials: whether they live, whether they still write, and
// whether one of another machine has given up its lease.
class Watcher {
 public:
  Watcher(Board& board, Settler& settler) : board_(board), settler_(settler) {}

  // Trials that an earlier controller has left running, or has not seen end.
  void take_up();
  // At every running trial. True: some have ended.
  bool look();
  // Ends those that are below the median of the others, where the rule says so.
  void end_hopeless();
  void end_all();

 private:
  void take_up(Trial& trial);
  void note_turn(Trial& trial, Watch& watch, Life life);
  bool see_rows(Trial& trial, Watch& watch, const Facts& facts);
  // Of a trial that writes nothing:
  void end_hanging(Trial& trial, Watch& watch, const Facts& facts);
  void tell_of_lease(const Trial& trial, const std::string& handle);
  bool lease_is_over(Trial& trial, Watch& watch, const Facts& facts);

  Board& board_;
  Settler& settler_;
};

// Which trial starts next, and whether the budget pays for it. Without a budget, every trial may
// start.
class Chooser {
 public:
  explicit Chooser(Board& board) : board_(board) {}

  // `slots`: how many trials could run at a time. Null: none is to start now. `until` of the trial
  // is where its process is to end.
  Trial* next(int slots);

  // More than the budget is used up, by a little: running trials are to save and leave.
  bool overdrawn(int slots);
  void tell_left_out(int slots);

 private:
  Trial* choose(int slots);
  Trial* promoted(const std::optional<Stopper::Promotion>& promotion);
  Trial* next_waiting();
  std::int64_t way_of(const Trial& trial) const;  // how far it runs before it is judged
  bool choose_second_stage();
  void review(int slots);
  bool affordable(const Trial& trial, std::int64_t until) const;
  bool another_is_affordable() const;
  bool anything_left_out() const;

  Board& board_;
  std::int64_t chosen_among_ = -1;  // trials of the first stage, when the second was chosen last
};

// [keep] best: the checkpoints of the best trials stay, and of those that may still be resumed. A
// trial that fails keeps its own, since it may be run again by hand.
class Checkpoints {
 public:
  explicit Checkpoints(Board& board) : board_(board) {}

  void keep_the_best();

 private:
  void give_up_hopeless();
  void forget(const Trial& trial);

  Board& board_;
  std::set<std::int64_t> forgotten_;  // trials whose checkpoints are gone
};

class Controller {
 public:
  explicit Controller(ControllerParts parts);

  Exit run();

 private:
  bool look(int room);
  void stop_all(const std::string& why);
  bool fill_room(int room);
  Launch prepare(Trial& trial);
  void write_status(const std::string& what, bool now);

  Board board_;
  Settler settler_;
  Watcher watcher_;
  Chooser chooser_;
  Checkpoints checkpoints_;
  bool refused_ = false;    // the launcher takes no more for now
  bool overdrawn_ = false;  // so all trials are to stop
  int slots_ = 1;           // trials at a time, as far as was seen
  double status_at_ = -1e9;
  double status_cost_ = 0;
};

// The folder of a trial that was trained within a merged run: what its own run would have left
// there.

// The rows that its own run would have written: of its own weight sets, under their own names, in
// their own order, best among themselves by `metric` ("top1", "top5" or "loss").
std::vector<Row> own_rows(const std::vector<Row>& rows, const std::vector<SetName>& sets,
                          const std::string& metric);

struct Following {
  std::string id;        // the trial's
  std::string from, to;  // the merged run's folder and the trial's
  std::vector<SetName> sets;
  std::string metric;    // [checkpoint] metric
  std::string resolved;  // its own experiment
};

// All but checkpoints: those hold all averages of the merged run, and lie there. result.json comes
// last, if the run has one: not if it diverged. May be killed at any point and done again.
void follow_run(base::Files& files, const Following& following);

}  // namespace r50::sweep
