#pragma once

#include <string>

#include "base/files.h"

namespace r50::sweep {

// What was other on the machine that last resumed the trial, by its run.json; empty: nothing, or
// there is no run.json that can be read, as of another program.
std::string machine_changes(base::Files& files, const std::string& trial_folder);

}  // namespace r50::sweep
