#include "base/philox.h"
#include "r50/random.h"

namespace r50 {

// A Feistel network over the smallest even number of bits that holds 0..n-1. Results beyond n are
// sent through it again until they fall below ("cycle walking", Black and Rogaway 2002), which
// keeps it a bijection; the range is less than 4 n, so that takes 4 passes at most on average.
Permutation::Permutation(std::int64_t n, std::uint64_t seed, std::uint32_t epoch)
    : n_(n), half_bits_(1), epoch_(epoch) {
  while (half_bits_ < 31 &&
         (std::uint64_t{1} << (2 * half_bits_)) < static_cast<std::uint64_t>(n)) {
    ++half_bits_;
  }
  const auto name = base::philox({static_cast<std::uint32_t>(Stream::order), 0, 0, 1},
                                 {base::low_half(seed), base::high_half(seed)});
  key_ = {name[0], name[1]};
}

std::int64_t Permutation::operator()(std::int64_t index) const {
  // With 4 rounds of a random function a Feistel network is beyond telling from a random
  // permutation (Luby and Rackoff); small ranges want more.
  constexpr std::uint32_t rounds = 8;
  const std::uint32_t mask = (std::uint32_t{1} << half_bits_) - 1;
  auto x = static_cast<std::uint64_t>(index);
  do {
    auto left = static_cast<std::uint32_t>(x >> half_bits_);
    std::uint32_t right = base::low_half(x) & mask;
    for (std::uint32_t round = 0; round < rounds; ++round) {
      const std::uint32_t mixed = left ^ (base::philox({right, round, epoch_, 0}, key_)[0] & mask);
      left = right;
      right = mixed;
    }
    x = std::uint64_t{left} << half_bits_ | right;
  } while (x >= static_cast<std::uint64_t>(n_));
  return static_cast<std::int64_t>(x);
}

}  // namespace r50
