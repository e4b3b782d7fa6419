#pragma once

#include <string>
#include <vector>

#include "sweep/file/sweep_file.h"
#include "sweep/trial/trial.h"

namespace r50::sweep {

// "about 2 h 10 min to go on 2 slots", by what the trials so far have taken for an epoch; empty
// where none tells, or nothing is left to do.
std::string remaining_sentence(const std::vector<Trial>& trials, const SweepFile& sweep, int slots);

}  // namespace r50::sweep
