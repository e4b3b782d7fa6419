#pragma once

#include <string>
#include <vector>

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

// The names of the GPUs that r50run would compute on here, in the order of CUDA_VISIBLE_DEVICES;
// none where it would compute on the CPU, for want of a GPU or because it is built without CUDA.
std::vector<std::string> gpus_of_r50run();

// The same of what `r50run env --json` has printed.
std::vector<std::string> gpus_in(const std::string& env_json);

}  // namespace r50::sweep
