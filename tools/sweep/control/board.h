#pragma once

// What the parts of a controller share: the sweep, its trials, and what is known of those that run.
// The Watcher looks at processes, the Settler decides by a trial's folder what became of it, the
// Chooser says which trial starts next. Each of them reads and writes this, and nothing of another.

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "sweep/budget/budget.h"
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

}  // namespace r50::sweep
