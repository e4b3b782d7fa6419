#pragma once

// In which folder a command trains, and whether that is a new run or a resumed one.

#include <optional>
#include <string>
#include <vector>

#include "config/experiment.h"
#include "record/run_folder.h"
#include "run/training.h"

namespace r50::run {

struct Placement {
  std::string folder;
  std::string id;
  std::vector<std::string> remarks;  // what --continue found changed
  bool changed_file = false;         // --continue
};

// Throws WrongInput for what makes no sense: a folder that holds another experiment, a changed key
// that the weights or the position cannot follow.
Placement place(const TrainRequest& request, const config::Experiment& experiment,
                base::Files& files);

}  // namespace r50::run
