#pragma once

// Trials that have a past in common train it once: a pure function of what each is given, an epoch
// at a time.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace r50::sweep {

// One trial, as `r50run schedule --batch` tells of it: two trials with one `rest` and one hash for
// epoch k train the same bytes up to the end of epoch k.
struct Past {
  bool mergeable = false;  // with trials that differ in their averages only
  std::string alone;       // why it has its past in common with nobody; empty: it may have
  std::string rest;
  std::vector<std::string> epochs;
};

struct Branch {
  std::optional<std::size_t> parent;  // an earlier trial of the list; none: from the start
  std::int64_t after = 0;             // the epoch of the parent at whose end this trial begins
};

// One a trial, in their order. No epoch is trained twice: each trial branches where it leaves all
// earlier ones, from the earliest of those that came as far with it.
using Forest = std::vector<Branch>;
Forest share_pasts(const std::vector<Past>& pasts);

// How many epochs are trained for all of them, of trials that are so many epochs long.
std::int64_t epochs_trained(const Forest& forest, const std::vector<std::int64_t>& epochs);

}  // namespace r50::sweep
