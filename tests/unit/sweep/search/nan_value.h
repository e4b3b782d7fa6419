#pragma once

#include <limits>

namespace r50::sweep {

inline constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

}  // namespace r50::sweep
