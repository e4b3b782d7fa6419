#pragma once

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

}  // namespace r50::terminal
