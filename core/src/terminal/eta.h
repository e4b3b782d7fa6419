#pragma once

#include <cstdint>
#include <optional>

#include "r50/units.h"

namespace r50::terminal {

// When a run will end, from the speed of the last half minute of steps and what an epoch's
// evaluation has cost so far.
class Eta {
 public:
  Eta() = default;
  explicit Eta(RunLength length) : length_(length) {}

  void step(std::int64_t done, double now);  // seconds on any clock
  void evaluated(double seconds);            // such a time is no part of the steps' speed
  void epoch_done() { ++epochs_; }
  std::optional<double> seconds_left() const;

 private:
  RunLength length_;
  std::int64_t done_ = 0;
  std::optional<double> last_;  // when `done_` was reached; none after a pause
  double recent_seconds_ = 0;   // both fade, so that their ratio is the recent speed
  double recent_steps_ = 0;
  double evaluation_seconds_ = 0;
  std::int64_t epochs_ = 0;
};

}  // namespace r50::terminal
