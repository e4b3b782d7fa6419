#pragma once

#include <cstddef>
#include <vector>

#include "sweep/trial/trial.h"

namespace r50::sweep {

// Groups, of two and more, of trials that may have a past in common: what they set differs in keys
// only that may begin to matter somewhere in the run. Places in `trials`; those trained within
// another run are in none.
std::vector<std::vector<std::size_t>> alike_at_first(const std::vector<Trial>& trials);

}  // namespace r50::sweep
