#pragma once

// How long runs of a kind take, by finished ones.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "sweep/forecast/pace.h"
#include "sweep/forecast/place.h"

namespace r50::sweep {

// The paces of these kinds, by kind, from the runs below `runs` (RUN/ID, and SWEEP/ID, trials being
// runs). A run counts if it is finished, of the kind, and was computed on such a place with as many
// threads; on a GPU, on one of its models. No place: only runs below `sweep`, wherever they ran;
// the same where trials share a GPU, since other runs may have had it to themselves.
// Looks at 2000 folders at most, and at 16 runs of a kind: `sweep` comes first, since its trials
// are the nearest to its trials.
std::map<std::string, Pace> past_paces(base::Files& files, const std::string& runs,
                                       const std::string& sweep, const std::optional<Place>& place,
                                       const std::vector<RunBuild>& builds);

// One run's, if it is finished and has rows.
std::optional<Pace> pace_of_run(base::Files& files, const std::string& folder);

}  // namespace r50::sweep
