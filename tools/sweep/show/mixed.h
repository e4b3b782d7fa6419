#pragma once

// Trials that are not of one build, or not of one machine.

#include <string>
#include <vector>

#include "sweep/trial/trial.h"

namespace r50::sweep {

// A warning in whole lines; empty where there is none of them.
std::string mixed_trials(const std::vector<Trial>& trials);

}  // namespace r50::sweep
