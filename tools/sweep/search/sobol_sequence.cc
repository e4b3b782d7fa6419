#include "sweep/search/points.h"

#include <array>
#include <bit>
#include <vector>

namespace r50::sweep {
namespace {

constexpr int sobol_word = 32;
using SobolDirections = std::array<std::uint32_t, sobol_word>;

struct SobolGenerator {
  std::uint32_t polynomial;            // its coefficients as bits, the highest and the 1 included
  std::array<std::uint32_t, 9> first;  // odd; as many as the polynomial's degree
};

// Joe and Kuo, "Constructing Sobol sequences with better two-dimensional projections" (2008): their
// table new-joe-kuo-6, dimensions 2 to 64.
constexpr std::array<SobolGenerator, sobol_dimensions - 1> generators{{
    {3, {1}},
    {7, {1, 3}},
    {11, {1, 3, 1}},
    {13, {1, 1, 1}},
    {19, {1, 1, 3, 3}},
    {25, {1, 3, 5, 13}},
    {37, {1, 1, 5, 5, 17}},
    {41, {1, 1, 5, 5, 5}},
    {47, {1, 1, 7, 11, 19}},
    {55, {1, 1, 5, 1, 1}},
    {59, {1, 1, 1, 3, 11}},
    {61, {1, 3, 5, 5, 31}},
    {67, {1, 3, 3, 9, 7, 49}},
    {91, {1, 1, 1, 15, 21, 21}},
    {97, {1, 3, 1, 13, 27, 49}},
    {103, {1, 1, 1, 15, 7, 5}},
    {109, {1, 3, 1, 15, 13, 25}},
    {115, {1, 1, 5, 5, 19, 61}},
    {131, {1, 3, 7, 11, 23, 15, 103}},
    {137, {1, 3, 7, 13, 13, 15, 69}},
    {143, {1, 1, 3, 13, 7, 35, 63}},
    {145, {1, 3, 5, 9, 1, 25, 53}},
    {157, {1, 3, 1, 13, 9, 35, 107}},
    {167, {1, 3, 1, 5, 27, 61, 31}},
    {171, {1, 1, 5, 11, 19, 41, 61}},
    {185, {1, 3, 5, 3, 3, 13, 69}},
    {191, {1, 1, 7, 13, 1, 19, 1}},
    {193, {1, 3, 7, 5, 13, 19, 59}},
    {203, {1, 1, 3, 9, 25, 29, 41}},
    {211, {1, 3, 5, 13, 23, 1, 55}},
    {213, {1, 3, 7, 3, 13, 59, 17}},
    {229, {1, 3, 1, 3, 5, 53, 69}},
    {239, {1, 1, 5, 5, 23, 33, 13}},
    {241, {1, 1, 7, 7, 1, 61, 123}},
    {247, {1, 1, 7, 9, 13, 61, 49}},
    {253, {1, 3, 3, 5, 3, 55, 33}},
    {285, {1, 3, 1, 15, 31, 13, 49, 245}},
    {299, {1, 3, 5, 15, 31, 59, 63, 97}},
    {301, {1, 3, 1, 11, 11, 11, 77, 249}},
    {333, {1, 3, 1, 11, 27, 43, 71, 9}},
    {351, {1, 1, 7, 15, 21, 11, 81, 45}},
    {355, {1, 3, 7, 3, 25, 31, 65, 79}},
    {357, {1, 3, 1, 1, 19, 11, 3, 205}},
    {361, {1, 1, 5, 9, 19, 21, 29, 157}},
    {369, {1, 3, 7, 11, 1, 33, 89, 185}},
    {391, {1, 3, 3, 3, 15, 9, 79, 71}},
    {397, {1, 3, 7, 11, 15, 39, 119, 27}},
    {425, {1, 1, 3, 1, 11, 31, 97, 225}},
    {451, {1, 1, 1, 3, 23, 43, 57, 177}},
    {463, {1, 3, 7, 7, 17, 17, 37, 71}},
    {487, {1, 3, 1, 5, 27, 63, 123, 213}},
    {501, {1, 1, 3, 5, 11, 43, 53, 133}},
    {529, {1, 3, 5, 5, 29, 17, 47, 173, 479}},
    {539, {1, 3, 3, 11, 3, 1, 109, 9, 69}},
    {545, {1, 1, 1, 5, 17, 39, 23, 5, 343}},
    {557, {1, 3, 1, 5, 25, 15, 31, 103, 499}},
    {563, {1, 1, 1, 11, 11, 17, 63, 105, 183}},
    {601, {1, 1, 5, 11, 9, 29, 97, 231, 363}},
    {607, {1, 1, 5, 15, 19, 45, 41, 7, 383}},
    {617, {1, 3, 7, 7, 31, 19, 83, 137, 221}},
    {623, {1, 1, 1, 3, 23, 15, 111, 223, 83}},
    {631, {1, 1, 5, 13, 31, 15, 55, 25, 161}},
    {637, {1, 1, 3, 13, 25, 47, 39, 87, 257}},
}};

// v[j] = 2^d v[j-d] ^ v[j-d] ^ the sum of 2^k a[k] v[j-k], here with the point before the first
// bit.
SobolDirections directions_by(const SobolGenerator& generator) {
  const int degree = std::bit_width(generator.polynomial) - 1;
  SobolDirections v{};
  for (int j = 0; j < sobol_word; ++j) {
    const auto at = static_cast<std::size_t>(j);
    if (j < degree) {
      v[at] = generator.first[at] << (sobol_word - 1 - j);
      continue;
    }
    const std::uint32_t oldest = v[at - static_cast<std::size_t>(degree)];
    v[at] = oldest ^ oldest >> degree;
    for (int k = 1; k < degree; ++k) {
      const bool has = generator.polynomial >> (degree - k) & 1;
      if (has) v[at] ^= v[at - static_cast<std::size_t>(k)];
    }
  }
  return v;
}

std::vector<SobolDirections> all_sobol_directions() {
  std::vector<SobolDirections> all;
  SobolDirections halves{};  // the first dimension has no polynomial
  for (int j = 0; j < sobol_word; ++j)
    halves[static_cast<std::size_t>(j)] = 1U << (sobol_word - 1 - j);
  all.push_back(halves);
  for (const SobolGenerator& generator : generators) all.push_back(directions_by(generator));
  return all;
}

}  // namespace

std::uint32_t sobol_bits(std::size_t dimension, std::uint64_t index) {
  static const std::vector<SobolDirections> directions = all_sobol_directions();
  std::uint32_t point = 0;
  for (auto gray = static_cast<std::uint32_t>(index ^ index >> 1); gray != 0; gray &= gray - 1) {
    point ^= directions[dimension][static_cast<std::size_t>(std::countr_zero(gray))];
  }
  return point;
}

std::uint32_t owen_scrambled(std::uint32_t point, std::uint64_t seed, std::size_t dimension) {
  std::uint32_t scrambled = 0;
  for (int bit = 0; bit < sobol_word; ++bit) {
    // The node of the tree of prefixes: a 1, then the bits above this one.
    const std::uint64_t node = std::uint64_t{1} << bit | std::uint64_t{point} >> (sobol_word - bit);
    Random coin = search_draw(seed, DrawFor::scrambling, static_cast<std::int64_t>(node),
                              static_cast<std::int64_t>(dimension));
    const std::uint32_t mask = 1U << (sobol_word - 1 - bit);
    scrambled |= (point ^ (coin.chance(0.5) ? mask : 0)) & mask;
  }
  return scrambled;
}

}  // namespace r50::sweep
