#pragma once

// Spaces that can be counted: choices, whole numbers and multiples of a step.

#include <cstdint>
#include <optional>

#include "sweep/search/space.h"

namespace r50::sweep {

// How many values a dimension can have, in rising order; nothing: no end of them. Choices of weight
// 0 do not count.
std::optional<std::int64_t> count_values(const Dimension& dimension);
double nth_value(const Dimension& dimension, std::int64_t n);

// How many different points a space has, and each of them; the last dimension changes fastest. A
// dimension whose condition is not met does not multiply. Nothing: no end of them; more than an
// int64 holds count as its largest.
std::optional<std::int64_t> count_points(const Space& space);
Coordinates nth_point(const Space& space, std::int64_t n);

}  // namespace r50::sweep
