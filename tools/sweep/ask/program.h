#pragma once

#include "sweep/ask/experiments.h"
#include "sweep/file/sweep_file.h"

namespace r50::sweep {

// r50run as it lies beside this program; R50_RUN names another.
std::string r50run_program();

// For [launcher] program: nobody can say what its variants are, so an id is made of what is set,
// and a trial is as long as run.epochs says, if that is set (a stopper needs to know), else 1
// epoch.
std::vector<Checked> check_for_program(const SweepFile& sweep,
                                       const std::vector<Settings>& variants);

}  // namespace r50::sweep
