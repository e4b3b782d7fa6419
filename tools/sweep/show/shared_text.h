#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sweep/file/sweep_file.h"
#include "sweep/trial/trial.h"

namespace r50::sweep {

// Epochs that the trials have in all, and that are trained for them.
struct EpochCounts {
  std::int64_t all = 0, trained = 0;
};
EpochCounts count_epochs(const std::vector<Trial>& trials);

// "What trials have in common is trained once: ..." and the tree; empty where nobody shares
// anything.
std::string sharing_text(const std::vector<Trial>& trials, const SweepFile& sweep);

// Why trials that may have a past in common train it each by itself, or are no merged run; empty
// where there are none.
std::string unshared_text(const std::vector<Trial>& trials, const SweepFile& sweep);

// Which trial is trained to which epoch, and who goes on from whom: a tree for people; empty where
// nobody shares anything.
std::string sharing_tree(const std::vector<Trial>& trials);

}  // namespace r50::sweep
