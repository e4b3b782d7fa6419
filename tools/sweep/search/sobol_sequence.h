#pragma once

// The Sobol sequence (1967) with the direction numbers of Joe and Kuo (2008), and Owen's scrambling
// of it (1995).

#include <cstddef>
#include <cstdint>

namespace r50::sweep {

constexpr std::size_t sobol_dimensions = 64;

// The 32 bits behind the point of one dimension's sequence, in Gray code order (Antonov and Saleev
// 1979). index < 2^32.
std::uint32_t sobol_bits(std::size_t dimension, std::uint64_t index);

// Each bit is turned over or not, by a coin that belongs to the bits above it: what was even stays
// even, every point alone is uniform, and seeds give sequences that have nothing in common.
std::uint32_t owen_scrambled(std::uint32_t bits, std::uint64_t seed, std::size_t dimension);

}  // namespace r50::sweep
