#pragma once

// A trial: one run of the experiment, with its own values for some keys.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sweep/search/space.h"

namespace r50::sweep {

// What a trial's weight set is called in the merged run that trains it.
struct SetName {
  std::string own, in_run;
  friend bool operator==(const SetName&, const SetName&) = default;
};

enum class TrialState {
  waiting,  // not begun, or to be begun again after a fault
  running,
  paused,    // at a rung; resumed when it is promoted
  finished,  // its result counts
  stopped,   // by an early-stopping rule, for good
  failed,    // by itself: its result is that it has none
};

std::string text_of(TrialState state);
std::optional<TrialState> trial_state(const std::string& text);

struct Trial {
  std::int64_t number = 0;
  std::string id;          // of its run, and its folder's name
  std::int64_t point = 0;  // replicates of a point differ in nothing but their seed
  std::int64_t replicate = 0;
  std::string stage;               // empty, or "confirm"; "merged": see `leader`
  Coordinates at;                  // of the point, for search methods
  std::vector<std::string> words;  // "scheduler.lr=0.1": what it sets, run.seed included
  std::int64_t epochs = 0;         // that it trains itself
  std::int64_t begin = 0;          // epochs of the parent before them: of a sweep's `branch`
  std::string went_on;             // what was other on the machine that resumed it; empty: nothing
  std::string leader;              // the merged run that it is trained in; empty: it has its own
  std::vector<SetName> in_run;     // what its weight sets are called there

  TrialState state = TrialState::waiting;
  std::int64_t until = 0;       // the rung that it is on its way to, or is paused at; or its end
  std::int64_t done = 0;        // epochs that are over
  std::optional<double> value;  // of the metric: the last one reported
  int faults = 0;  // times it ended by no fault of its own, and came no further in between
  std::int64_t faulted_at = 0;       // `done` at the latest of them
  double seconds = 0;                // it has run, over all its starts that have ended
  double began = 0;                  // its latest start, in seconds since 1970; 0: not known
  std::string message;               // why it failed, or stopped
  std::vector<std::int64_t> builds;  // that trained it, as builds.json numbers them

  // "scheduler.lr=0.1 run.seed=2": what it sets, for people.
  std::string sets() const;
  // A run that is no trial, but trains several that differ in their averages only.
  bool is_merged_run() const { return stage == "merged"; }
  bool follows() const { return !leader.empty(); }
  bool over() const {
    return state == TrialState::finished || state == TrialState::stopped ||
           state == TrialState::failed;
  }
};

// trial.json: enough to know the trial again if the ledger is lost. Throws an Error for what is
// none.
std::string trial_json(const Trial& trial);
Trial parse_trial(const std::string& text);

}  // namespace r50::sweep
