#pragma once

#include <string>
#include <vector>

#include "sweep/file/sweep_file.h"
#include "sweep/trial/trial.h"

namespace r50::sweep {

// For a terminal: a line a trial, and what it does.
std::string trial_table(const std::vector<Trial>& trials, const SweepFile& sweep);

}  // namespace r50::sweep
