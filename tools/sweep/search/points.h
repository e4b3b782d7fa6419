#pragma once

// The points of a space: where it can be counted, all of them (choices, whole numbers and multiples
// of a step); and points by chance.

#include <cstdint>
#include <optional>

#include "r50/random.h"
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

// Dimensions that have some values only: the multiples of a step.

bool is_stepped(const Dimension& dimension);  // whole numbers, and reals with a step
double step_of(const Dimension& dimension);   // of one that is stepped

// The multiples of a dimension with ends: from first * step to last * step.
struct Lattice {
  double first = 0, last = 0, step = 1;
};
Lattice lattice_of(const Dimension& dimension);

// The multiple as a person would write it: 3 times 0.1 is 0.3, not 0.30000000000000004. Trials'
// files and names are made of these.
double lattice_value(double multiple, double step);

// Points by chance, as keyed draws without state: which of a search's sequences of random
// numbers they come from. No two uses share one.
enum class DrawFor : std::uint32_t { point = 0, estimator = 1, scrambling = 2 };

Random search_draw(std::uint64_t seed, DrawFor use, std::int64_t number, std::int64_t attempt);

// A point's values from a unit each; NaN where a condition is not met.
Coordinates point_at(const Space& space, const std::vector<double>& units);

Coordinates random_point(const Space& space, std::uint64_t seed, std::int64_t number,
                         std::int64_t attempt);

// The Sobol sequence (1967) with the direction numbers of Joe and Kuo (2008), and Owen's scrambling
// of it (1995).

constexpr std::size_t sobol_dimensions = 64;

// The 32 bits behind the point of one dimension's sequence, in Gray code order (Antonov and Saleev
// 1979). index < 2^32.
std::uint32_t sobol_bits(std::size_t dimension, std::uint64_t index);

// Each bit is turned over or not, by a coin that belongs to the bits above it: what was even stays
// even, every point alone is uniform, and seeds give sequences that have nothing in common.
std::uint32_t owen_scrambled(std::uint32_t bits, std::uint64_t seed, std::size_t dimension);

}  // namespace r50::sweep
