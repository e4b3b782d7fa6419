#include "terminal/eta.h"

#include <algorithm>
#include <cmath>

namespace r50::terminal {

constexpr double memory_seconds = 30;

void Eta::step(std::int64_t done, double now) {
  if (last_ && done > done_ && now > *last_) {
    const double seconds = now - *last_;
    const double fade = std::exp(-seconds / memory_seconds);
    recent_seconds_ = fade * recent_seconds_ + seconds;
    recent_steps_ = fade * recent_steps_ + static_cast<double>(done - done_);
  }
  last_ = now;
  done_ = done;
}

void Eta::evaluated(double seconds) {
  evaluation_seconds_ += seconds;
  last_.reset();
}

std::optional<double> Eta::seconds_left() const {
  const std::int64_t steps = length_.steps() - done_;
  if (recent_steps_ <= 0 || length_.steps() <= 0) return std::nullopt;
  double seconds =
      static_cast<double>(std::max<std::int64_t>(steps, 0)) * recent_seconds_ / recent_steps_;
  if (epochs_ > 0) {
    const std::int64_t epochs_left = length_.epochs - done_ / length_.steps_per_epoch;
    seconds += evaluation_seconds_ / static_cast<double>(epochs_) *
               static_cast<double>(std::max<std::int64_t>(epochs_left, 0));
  }
  return seconds;
}

}  // namespace r50::terminal
