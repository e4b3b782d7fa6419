#pragma once

#include <cstddef>
#include <vector>

#include "sweep/trial/trial.h"

namespace r50::sweep {

// Groups, of two and more: places in `trials`. Those trained within another run are in none.
using Alike = std::vector<std::vector<std::size_t>>;

// Of trials that may have a past in common: what they set differs in keys only that may begin to
// matter somewhere in the run.
Alike alike_at_first(const std::vector<Trial>& trials);

// Of trials that set different averages, and nothing else.
Alike alike_but_averages(const std::vector<Trial>& trials);

}  // namespace r50::sweep
