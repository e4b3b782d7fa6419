#pragma once

// A run whose first epochs another run has trained for it: r50sweep has laid that one's record and
// checkpoints into its folder, and run.json says so. They are its own where it would have trained
// the same bytes itself, and nowhere else: on another machine the run begins anew.

#include <cstdint>
#include <optional>
#include <string>

#include "base/files.h"
#include "run/identity.h"
#include "run/run_folder.h"

namespace r50::run {

// Why the run cannot have its past here, and then nothing of it is in the folder any more, which is
// locked. Empty: it can, or it has gone further itself, and what it has trained is kept whatever
// the machine.
std::string leave_given_past(RunFolder& folder, base::Files& files, const Identity& before,
                             const Machine& here);

// What run.json keeps of earlier starts, in `now`; answers what the user should know of it, or
// nothing. `step`: where this start goes on; none: at the beginning. `left`: as leave_given_past()
// said.
std::string keep_history(Identity& now, const Identity& before, const Machine& here,
                         std::optional<std::int64_t> step, const std::string& left);

}  // namespace r50::run
