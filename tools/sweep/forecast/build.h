#pragma once

// What of an experiment its cost depends on.

#include <cstdint>
#include <optional>
#include <string>

#include "r50/value.h"

namespace r50::sweep {

struct RunBuild {
  // What a step's time depends on: model, image size, batch and its parts, number format,
  // optimizer. Runs of one kind on one machine take as long for a step.
  std::string kind;
  std::string called;             // "resnet at 64 px, batch 64", for people
  std::string precision;          // as written: "auto" is another answer on another machine
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

}  // namespace r50::sweep
