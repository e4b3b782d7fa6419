#pragma once

#include <string>
#include <vector>

#include "sweep/file/sweep_file.h"
#include "sweep/trial/trial.h"

namespace r50::sweep {

// "12 of 30 trials finished, 2 running, 1 failed; best so far 57.3 (scheduler.lr=0.2)"
std::string progress_sentence(const std::vector<Trial>& trials, const SweepFile& sweep);

// For a terminal: a line a trial, and what it does.
std::string trial_table(const std::vector<Trial>& trials, const SweepFile& sweep);

}  // namespace r50::sweep
