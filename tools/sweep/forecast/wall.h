#pragma once

#include <cstdint>
#include <vector>

#include "sweep/file/sweep_file.h"

namespace r50::sweep {

// How long trials take that begin in this order, each on the slot that is free first.
double list_schedule(const std::vector<double>& seconds, int slots);

// What an early-stopping rule lets through, if nothing fails: of trials with so many epochs each,
// how many epochs are trained in all. Of asha and hyperband the share that their rungs let pass; of
// the others all, since what a median ends cannot be foretold.
double expected_epochs(const StopTable& stop, std::int64_t trials, std::int64_t epochs);

}  // namespace r50::sweep
