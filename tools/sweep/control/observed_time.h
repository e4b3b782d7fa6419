#pragma once

#include <algorithm>

#include "base/clock.h"

namespace r50::sweep {

// How long a controller has looked at its trials. Only that can say that a trial hangs, or that the
// lease of another machine has expired: hours in which nobody looked (the machine slept, the
// controller was halted by SIGSTOP, a virtual machine was moved to another host) prove nothing,
// since the trials may have stood still with it. It rests on the clock that never goes back; what
// the time of day is set to means nothing. On Linux that clock stands still while the machine
// sleeps; where it jumps on waking, a step counts for a minute at most.
class ObservedTime {
 public:
  explicit ObservedTime(const base::Clock& clock) : clock_(clock), latest_(clock.seconds()) {}

  void look() {  // once a round
    const double now = clock_.seconds();
    seconds_ += std::clamp(now - latest_, 0.0, longest_step);
    latest_ = now;
  }
  double seconds() const { return seconds_; }

 private:
  static constexpr double longest_step = 60;  // rounds are half a second apart

  const base::Clock& clock_;
  double latest_;
  double seconds_ = 0;
};

}  // namespace r50::sweep
