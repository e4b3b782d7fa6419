#pragma once

// What a sweep will take, before it is begun: from what each of its trials will.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sweep/file/sweep_file.h"
#include "sweep/trial/trial.h"

namespace r50::sweep {

struct TrialCost {
  double epochs = 0;
  std::optional<double> seconds;
  std::optional<double> bytes_running, bytes_resting;
};

struct SweepCost {
  std::vector<TrialCost> trials;  // in the order they begin; several may be one run: it stands here
  std::int64_t merged = 0;        // this many are in these runs, and not listed themselves
  std::vector<TrialCost> confirm;  // of the second stage, which begins when the first has ended
  int slots = 1;
  bool longest = false;  // the trials are not known yet: each stands for the longest there could be
};

// Nothing where a trial's is unknown.
std::optional<double> wall_seconds(const SweepCost& cost);
std::optional<double> slot_seconds(const SweepCost& cost);  // of all slots together
// At the fullest moment: what runs is there, what [keep] keeps, and what is paused at a rung.
std::optional<double> disk_peak(const SweepCost& cost, const SweepFile& sweep);

// "24 trials, 216 epochs: 3 h 10 min on 2 slots, 1.4 GB of disk at the peak, $4.10". Where trials
// end early it says "at most", and what asha's rungs let one expect.
std::string cost_sentence(const SweepCost& cost, const SweepFile& sweep);

// "about 2 h 10 min left on 2 slots", by what the trials so far have taken for an epoch; empty
// where that is not known, or nothing is left to do.
std::string remaining_sentence(const std::vector<Trial>& trials, const SweepFile& sweep, int slots);

// How long trials take that begin in this order, each on the slot that is free first.
double list_schedule(const std::vector<double>& seconds, int slots);

// What an early-stopping rule lets through, if nothing fails: of trials with this many epochs each,
// how many epochs are trained in all. Of asha and hyperband the share that their rungs let pass; of
// the others all, since what a median ends cannot be estimated.
double expected_epochs(const StopTable& stop, std::int64_t trials, std::int64_t epochs);

// What a trial is, as far as its cost goes.
struct Makeup {
  std::string kind;               // trials of one kind take as long for a step; empty: not known
  std::int64_t steps = 1;         // of an epoch
  std::optional<double> seconds;  // of an epoch, by other runs than this sweep's
  double images = 1;              // that are trained on in an epoch
};
using MakeupOf = std::function<Makeup(const Trial&)>;

// Whether any of them has taken anything yet.
bool has_run(const std::vector<Trial>& trials);

// A trial that runs now, and for how long in this start.
struct AtWork {
  std::int64_t number = 0;
  double seconds = 0;
};

// How long trials take, by what the sweep itself has seen of them so far.
class TrialRates {
 public:
  // Every trial that has reported an epoch counts, also a failed, a stopped and a running one.
  TrialRates(const std::vector<Trial>& trials, const std::vector<AtWork>& at_work,
             const MakeupOf& build);

  // Of an epoch of such a trial: by trials of its kind; else by other runs, corrected by how those
  // kinds fared that are known by both; else, where its kind is not known, by all trials.
  std::optional<double> epoch_seconds(const Trial& trial) const;

  // Of an epoch of any trial: what a trial takes of which nothing is known yet.
  std::optional<double> usual_epoch_seconds() const { return all_.each(); }

  // Of a training image, in the slowest trial that has come to its end or to a rung: what a trial
  // under way has taken belongs in part to an epoch that is not over.
  std::optional<double> slowest_image() const { return slowest_image_; }

  // All that trials have run so far.
  double spent() const { return spent_; }
  // Over all its starts.
  double seconds_so_far(const Trial& trial) const;

 private:
  struct Sum {
    double seconds = 0, count = 0;
    void add(double more_seconds, double more) {
      seconds += more_seconds;
      count += more;
    }
    std::optional<double> each() const {
      return count > 0 ? std::optional(seconds / count) : std::nullopt;
    }
  };

  const MakeupOf& build_;
  std::map<std::string, Sum> by_kind_;  // steps
  Sum all_;                             // epochs
  Sum against_others_;                  // seconds that others would have taken
  std::map<std::int64_t, double> at_work_;
  std::optional<double> slowest_image_;
  double spent_ = 0;
};

}  // namespace r50::sweep
