#pragma once

#include "run/machine.h"
#include "run/opened.h"
#include "verbs/command_line.h"

namespace r50::cli {

struct Prepared {
  run::Opened opened;
  run::Machine machine;
};

// For verbs that try an experiment without training it: opened, the machine set up for it, and said
// what that is.
Prepared prepare(const CommandLine& line);

}  // namespace r50::cli
