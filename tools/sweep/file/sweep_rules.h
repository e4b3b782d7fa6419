#pragma once

#include "sweep/file/sweep_file.h"

namespace r50::sweep {

// What one key of a sweep file demands of another.
void check_rules(const SweepFile& sweep, const Table& written, Problems& problems);

// Points of the grid over all choices.
double grid_size(const Parameters& parameters);

}  // namespace r50::sweep
