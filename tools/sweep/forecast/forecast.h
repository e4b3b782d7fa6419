#pragma once

// What a sweep will take, before it is begun: from what each of its trials will.

#include <cstdint>
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

}  // namespace r50::sweep
