#pragma once

// One training run, from its file to its result: the wiring between the trainer, which knows
// nothing of files, and the run folder, which knows nothing of steps.

#include <functional>
#include <string>
#include <vector>

#include "base/files.h"
#include "r50/error.h"

namespace r50::run {

struct TrainRequest {
  std::vector<std::string> experiment;  // its files
  std::vector<std::string> overrides;
  std::string run_dir;       // empty: runs/NAME/ID
  std::string continue_dir;  // continue that run under a changed file
  std::string from;          // an older checkpoint of the run
  std::string branch;        // a checkpoint a new run starts from
  std::string until;         // a When
  std::string device = "auto";
  bool fresh = false;
  bool quiet = false;
  bool json = false;
  std::function<void()> started;  // the first step is about to be taken (--detach lets go here)
};

Exit train(const TrainRequest& request, base::Files& files);

}  // namespace r50::run
