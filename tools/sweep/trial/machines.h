#pragma once

// What a trial's run.json says of the machines it was trained on.

#include <string>

#include "base/files.h"

namespace r50::sweep {

struct Machines {
  std::string began_anew;  // why it left epochs that others had trained for it; empty: it did not
  std::string went_on;     // what was other where it went on later; empty: nothing
};

// Nothing of a trial of another program, or of one that has not begun.
Machines read_machines(base::Files& files, const std::string& trial_folder);

}  // namespace r50::sweep
