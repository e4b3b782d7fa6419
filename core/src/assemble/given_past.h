#pragma once

// A run whose first epochs another run has trained for it: r50sweep has laid that one's record and
// checkpoints into its folder, and run.json says so. They are its own where it would have trained
// the same bytes itself, and nowhere else: on another machine the run begins anew. Its own epochs
// are a past of this kind, too, where r50sweep has ended its process for the others' sake.

#include <cstdint>
#include <optional>
#include <string>

#include "assemble/provenance.h"
#include "base/files.h"
#include "record/run_folder.h"

namespace r50::assemble {

// Why the run cannot have its past here. Empty: it can; or it has gone further itself, and what it
// has trained of its own will is kept whatever the machine. Changes nothing; the folder is locked
// if there is something to look at.
std::string reason_to_leave(const Provenance& before, const machine::Machine& here,
                            record::RunFolder& folder, base::Files& files);

// Removes the past from the folder, which is open.
void leave_past(const Provenance& before, const std::string& reason, record::RunFolder& folder,
                base::Files& files);

// What run.json keeps of earlier starts, in `now`; answers what the user should know of it, or
// nothing. `step`: where this start goes on; none: at the beginning. `left`: the reason, if a past
// was left.
std::string keep_history(Provenance& now, const Provenance& before, const machine::Machine& here,
                         std::optional<std::int64_t> step, const std::string& left);

}  // namespace r50::assemble
