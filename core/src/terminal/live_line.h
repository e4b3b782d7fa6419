#pragma once

// The line that says where a run is, and when it will end.

#include <cstdint>
#include <optional>
#include <string>

#include "r50/events.h"
#include "r50/units.h"

namespace r50::terminal {

// "epoch 12/120  ----->      3120/5004  loss 2.314  lr 0.0921  312 img/s  wait 2 %  eta 3 h 12 min"
// in `width` columns. Where they are too few, the bar goes first, then what matters least.
std::string live_line(const StepEvent& step, RunLength length, std::optional<double> seconds_left,
                      std::size_t width, bool unicode);

// The same without the bar, as long as it is: for logs.
std::string step_line(const StepEvent& step, RunLength length, std::optional<double> seconds_left);

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
