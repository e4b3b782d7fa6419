#pragma once

// In which order trials begin where the budget may not last for all.

#include <cstddef>
#include <vector>

#include "sweep/file/sweep_file.h"
#include "sweep/trial/trial.h"

namespace r50::sweep {

// Places in `trials`: one seed of each point before second seeds; a grid's points as a Sobol
// sequence meets them, so that those begun so far lie evenly in the grid at any time. Other methods
// have an order of their own, and a list is in its user's. The second stage, once it is chosen, is
// the first: it makes the verdict.
std::vector<std::size_t> budget_order(const SweepFile& sweep, const std::vector<Trial>& trials);

}  // namespace r50::sweep
