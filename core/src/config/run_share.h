#pragma once

#include <optional>

#include "r50/units.h"

namespace r50::config {

// How much of the run has gone by at `when`: 0 its start, 1 its end. Nothing if that cannot be told
// yet: steps have no meaning before the data set has been opened.
std::optional<double> run_share(const When& when, const RunLength& run);

}  // namespace r50::config
