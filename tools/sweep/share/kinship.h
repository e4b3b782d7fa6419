#pragma once

// How much of their pasts any two trials have in common, by what the forest says of some pairs.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sweep/trial/trial.h"

namespace r50::sweep {

struct Relative {
  std::size_t place = 0;    // among the trials
  std::int64_t common = 0;  // epochs: the least `branch` on the way to it
};

// Whoever trained an epoch that both have in common trained it for both, whichever comes first:
// parent and child are nothing but two ends of a way.
class Kinship {
 public:
  Kinship() = default;
  explicit Kinship(const std::vector<Trial>& trials);

  std::size_t trials() const { return neighbours_.size(); }
  // All that have more than so many epochs in common with the trial at `place`.
  std::vector<Relative> of(std::size_t place, std::int64_t beyond = 0) const;

 private:
  std::vector<std::vector<Relative>> neighbours_;  // in the forest, both ways
};

}  // namespace r50::sweep
