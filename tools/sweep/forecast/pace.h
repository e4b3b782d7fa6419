#pragma once

// What a kind of run is, how fast it is on a machine, and what it weighs.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "r50/value.h"

namespace r50::sweep {

// What of an experiment its cost depends on.
struct RunBuild {
  // What a step's time depends on: model, image size, batch and its parts, number format,
  // optimizer. Runs of one kind on one machine take as long for a step.
  std::string kind;
  std::string called;     // "resnet at 64 px, batch 64", for people
  std::string precision;  // as written: "auto" is another answer on another machine
  std::int64_t batch = 1;
  std::int64_t threads = 0;       // of arithmetic; 0: chosen by the machine
  std::int64_t sets = 1;          // of weights that are evaluated
  double evaluated_every = 1;     // epochs
  std::int64_t finder_steps = 0;  // of a learning-rate finder of it, all seeds together
  std::int64_t kept = 2;          // checkpoints that lie there in the end, best.pt not among them
};

// `resolved`: every key of every schema, as explain and check --batch give it. `epochs` and `steps`
// (of an epoch) decide how many checkpoints [checkpoint] keep_every leaves. Nothing for what is no
// experiment.
std::optional<RunBuild> run_build(const Value& resolved, std::int64_t epochs, std::int64_t steps);

struct Pace {
  double step_seconds = 0;
  double image_seconds = 0;        // of an evaluated image, one set of weights
  std::int64_t evaluated = 0;      // images an evaluation
  std::optional<double> overhead;  // further seconds of a run: start, saving
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

// Of the run's folder: while it runs, when a checkpoint is there twice as it is written; and
// after it. Nothing where its size is not known.
std::optional<double> bytes_running(const RunBuild& build, const Pace& pace);
std::optional<double> bytes_resting(const RunBuild& build, const Pace& pace);

}  // namespace r50::sweep
