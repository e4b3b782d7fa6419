#pragma once

#include "assemble/opened.h"
#include "machine/machine.h"
#include "verbs/command_line.h"

namespace r50::cli {

struct Prepared {
  assemble::Opened opened;
  machine::Machine machine;
};

// For verbs that try an experiment without training it: opened, the machine set up for it, and said
// what that is.
Prepared prepare(const CommandLine& line);

}  // namespace r50::cli
