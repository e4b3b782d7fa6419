#pragma once

#include "r50/schema.h"
#include "sweep/file/sweep_file.h"

namespace r50::sweep {

// All keys of a sweep file but those that name the experiment's own: parameters, zip, when, trial
// and [confirm] set are read by read_parameters() and read_sweep_file().
const Schema<SweepFile>& sweep_schema();

}  // namespace r50::sweep
