#include "r50/random.h"

#include "base/philox.h"

namespace r50 {
namespace {

using base::high_half;
using base::low_half;
using base::philox;

__extension__ using Wide = unsigned __int128;

double square_root(double x) { return __builtin_sqrt(x); }  // exact by IEEE 754 on every machine

constexpr double two_pi = 0x1.921fb54442d18p+2;

}  // namespace

Stream augmentation_stream(std::string_view plugin, int occurrence) {
  std::uint32_t hash = 0x811c9dc5u;  // FNV-1a
  const auto add = [&hash](unsigned char byte) { hash = (hash ^ byte) * 0x01000193u; };
  for (const char letter : plugin) add(static_cast<unsigned char>(letter));
  for (int i = 0; i < 4; ++i) add(static_cast<unsigned char>(occurrence >> (8 * i) & 255));
  return static_cast<Stream>(hash | static_cast<std::uint32_t>(Stream::augmentation));
}

// A key has 224 bits and Philox takes 192, of which a sequence needs some to count its blocks. So
// what names the sequence goes through Philox once; the sample's number stays as it is. Sequences
// can meet only if 96 bits of two results are equal.
Random::Random(const RandomKey& key) {
  const auto name = philox({static_cast<std::uint32_t>(key.stream), key.epoch, key.draw, 0},
                           {low_half(key.seed), high_half(key.seed)});
  key_ = {name[0], name[1]};
  counter_ = {0, low_half(key.sample), high_half(key.sample), name[2]};
}

void Random::refill() {
  block_ = philox(counter_, key_);
  left_ = 4;
  if (++counter_[0] == 0) ++counter_[3];
}

std::uint32_t Random::bits() {
  if (left_ == 0) refill();
  return block_[static_cast<std::size_t>(4 - left_--)];
}

std::uint64_t Random::bits64() {
  const std::uint64_t low = bits();
  return low | std::uint64_t{bits()} << 32;
}

double Random::uniform() { return static_cast<double>(bits64() >> 11) * 0x1p-53; }

double Random::uniform(double low, double high) {
  const double x = low + (high - low) * uniform();
  return x < high ? x : low;  // rounding may reach `high`, which callers use as an exclusive end
}

// Lemire, "Fast random integer generation in an interval" (2019).
std::int64_t Random::below(std::int64_t n) {
  const auto range = static_cast<std::uint64_t>(n);
  Wide product = Wide{bits64()} * range;
  if (static_cast<std::uint64_t>(product) < range) {
    const std::uint64_t unfair = -range % range;
    while (static_cast<std::uint64_t>(product) < unfair) product = Wide{bits64()} * range;
  }
  return static_cast<std::int64_t>(product >> 64);
}

bool Random::chance(double probability) { return uniform() < probability; }

// Box and Muller. The second number of the pair is dropped: keeping it would be state.
double Random::normal() {
  const double radius = square_root(-2 * exact::log(1 - uniform()));
  return radius * exact::cos(two_pi * uniform());
}

// Marsaglia and Tsang, "A simple method for generating gamma variables" (2000).
double Random::gamma(double shape) {
  if (shape < 1) {
    const double x = gamma(shape + 1);
    return x * exact::pow(1 - uniform(), 1 / shape);
  }
  const double d = shape - 1.0 / 3;
  const double c = 1 / square_root(9 * d);
  for (;;) {
    const double x = normal();
    const double t = 1 + c * x;
    if (t <= 0) continue;
    const double v = t * t * t;
    if (exact::log(1 - uniform()) < x * x / 2 + d - d * v + d * exact::log(v)) return d * v;
  }
}

// The share of a gamma(a) in its sum with a gamma(b), by their logarithms: for small a and b, as
// mixup uses them, both draws may be too small for a double.
double Random::beta(double a, double b) {
  const auto log_gamma = [this](double shape) {
    const double x = exact::log(gamma(shape + 1));
    return x + exact::log(1 - uniform()) / shape;
  };
  const double log_a = log_gamma(a);
  const double log_b = log_gamma(b);
  return 1 / (1 + exact::exp(log_b - log_a));
}

std::uint64_t random_seed(const RandomKey& key) { return Random(key).bits64(); }

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
  // With 4 rounds of a random function a Feistel network cannot be distinguished from a random
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
