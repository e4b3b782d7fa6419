#pragma once

// Brings a sweep's trials to their ends: starts them where there is room, sees what became of them,
// and writes down everything before it acts on it, so that a controller killed at any point is
// followed by one that goes on.

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "r50/error.h"
#include "sweep/budget/budget.h"
#include "sweep/control/observed_time.h"
#include "sweep/launch/launcher.h"
#include "sweep/roster/builds.h"
#include "sweep/roster/roster.h"
#include "sweep/stop/stopper.h"
#include "sweep/trial/facts.h"
#include "sweep/trial/ledger.h"

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
  bool take_over = false;  // trials of another machine are taken for dead
  const Builds* builds = nullptr;
  Budget* budget = nullptr;  // none: everything is begun
};

class Controller {
 public:
  explicit Controller(ControllerParts parts);

  Exit run();

 private:
  struct Watch {  // of a running trial
    std::string handle;
    double begun = 0;             // clock seconds
    std::int64_t rows = 0;        // of its metrics, when last looked at
    std::string beat;             // what its keeper last wrote, to show that both live
    double since = 0, moved = 0;  // observed seconds: at its begin, and when rows or beat came
    std::optional<double> asked;  // to end: when, in observed seconds
    bool queued = false;          // it waits for its turn
  };

  void take_up_running();
  void take_up(Trial& trial);
  bool look_at_running();
  void note_turn(Trial& trial, Watch& watch, Life life);
  bool lease_is_over(Trial& trial, Watch& watch, const Facts& facts);
  void tell_of_lease(const Trial& trial, const std::string& handle);
  bool see_rows(Trial& trial, Watch& watch, const Facts& facts);
  void take_in(Trial& trial, const Facts& facts);
  void settle(Trial& trial);
  void end_hopeless();
  void keep_the_best();
  void forget_checkpoints(const Trial& trial);
  void end_hanging(Trial& trial, Watch& watch, const Facts& facts);
  bool fill_room(int room);
  void know_stopper();
  Trial* promoted(const std::optional<Stopper::Promotion>& promotion);
  Trial* next_to_start();
  Launch prepare(Trial& trial);
  Watch new_watch() const;
  void stop_all(const std::string& why);
  // spend.cc: what the budget has a say in. Without one, everything is affordable.
  void review_budget();
  void end_overdrawn();
  bool affordable(const Trial& trial, std::int64_t until) const;
  bool another_is_affordable() const;
  bool anything_left_out() const;
  bool choose_second_stage();
  void tell_left_out();
  Trial* next_waiting();
  std::int64_t way_of(const Trial& trial) const;   // how far it runs before it is judged
  std::int64_t rung_of(const Trial& trial) const;  // the last that it has come to; 0: none yet
  bool serve_followers();
  void follow(Trial& trial, const Trial& run);
  void change(Trial& trial, TrialState state, const std::string& message = "");
  void fault(Trial& trial, const std::string& why);
  bool all_fail_alike();
  void write_status(const std::string& what, bool now);
  std::vector<Contender> contenders() const;
  std::string folder_of(const Trial& trial) const { return parts_.folder + "/" + trial.id; }

  ControllerParts parts_;
  ObservedTime observed_;
  std::unique_ptr<Stopper> stopper_;
  std::map<std::int64_t, Watch> watches_;  // by the trial's number
  std::map<std::int64_t, std::vector<Report>> reports_;
  std::set<std::int64_t> forgotten_;  // trials whose checkpoints are gone
  bool exhausted_ = false;            // the search has no further points
  bool stopping_ = false;
  bool refused_ = false;            // the launcher takes no more for now
  std::int64_t chosen_among_ = -1;  // trials of the first stage, when the second was chosen last
  bool overdrawn_ = false;          // so all trials were told to stop
  int slots_ = 1;                   // trials at a time, as far as was seen
  double status_at_ = -1e9;
  double status_cost_ = 0;
};

}  // namespace r50::sweep
