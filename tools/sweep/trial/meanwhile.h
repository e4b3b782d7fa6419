#pragma once

#include <string>

#include "base/clock.h"

namespace r50::sweep {

// How long a trial that an earlier controller began has run: until now, or, if it has ended
// meanwhile, until the last word that it left in its folder. `began` as the trial has it; 0 where
// nobody knows, or the clock was set back.
double seconds_without_controller(const std::string& folder, double began, const base::Clock& clock,
                                  bool ended);

}  // namespace r50::sweep
