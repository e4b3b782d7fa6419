#pragma once

#include <cmath>

#include "sweep/search/space.h"

namespace r50::sweep {

// Coordinates to be found again by: no two that are no number are equal, so a number stands for
// them.
inline Coordinates comparable(Coordinates at) {
  constexpr double inactive = -1e300;
  for (double& value : at) value = std::isnan(value) ? inactive : value;
  return at;
}

}  // namespace r50::sweep
