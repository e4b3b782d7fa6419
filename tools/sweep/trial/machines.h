#pragma once

// What a trial's run.json says of the machines it was trained on.

#include <cstdint>
#include <string>

#include "base/files.h"

namespace r50::sweep {

struct Machines {
  std::int64_t times_anew = 0;  // it has left epochs that were trained for it elsewhere
  std::string began_anew;       // why, the latest time
  std::string went_on;          // what was other where it went on later; empty: nothing
};

// Nothing of a trial of another program, or of one that has not begun.
Machines read_machines(base::Files& files, const std::string& trial_folder);

// On what kind of machine its latest start was: by what run.json tells machines apart. Empty where
// there is none.
std::string machine_kind(base::Files& files, const std::string& trial_folder);

}  // namespace r50::sweep
