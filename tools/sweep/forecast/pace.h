#pragma once

// How fast a kind of run is on a machine, and what it weighs.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sweep/forecast/build.h"

namespace r50::sweep {

struct Pace {
  double step_seconds = 0;
  double image_seconds = 0;        // of an evaluated image, one set of weights
  std::int64_t evaluated = 0;      // images an evaluation
  std::optional<double> overhead;  // seconds of a run besides: start, saving
  std::optional<double> checkpoint_bytes, best_bytes;
  std::int64_t runs = 1;  // that it was taken from
  bool measured = false;  // by r50run check, not by whole runs
};

// The middle one of each figure: one disturbed run does not spoil the others.
Pace middle(const std::vector<Pace>& paces);

// How much of a run is asked for.
struct Amount {
  double epochs = 0;
  std::int64_t steps = 0;      // of an epoch
  std::int64_t evaluated = 0;  // images an evaluation; 0: as in the runs that the pace is from
};
double seconds_of(const RunBuild& build, const Amount& amount, const Pace& pace);

// Of the run's folder: while it runs, when a checkpoint is there twice as it is written anew; and
// after it. Nothing where nobody has weighed one.
std::optional<double> bytes_running(const RunBuild& build, const Pace& pace);
std::optional<double> bytes_resting(const RunBuild& build, const Pace& pace);

}  // namespace r50::sweep
