#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace r50 {

// Which use of randomness a draw belongs to; no two uses ever share numbers. An augmentation
// stage's stream is one of those from `augmentation` on: see augmentation_stream.
enum class Stream : std::uint32_t {
  initial_weights = 1,
  order = 2,
  forward = 3,  // dropout and the like, through torch's generator
  bn_estimation = 4,
  sample_content = 5,  // procedural data sets
  search = 6,          // points of a sweep
  augmentation = 0x80000000,
};

// The stream of the `occurrence`-th stage (from 0) of that plugin in [[augmentation]]: a hash, so
// that adding or removing one stage leaves the draws of the stages of all other plugins.
Stream augmentation_stream(std::string_view plugin, int occurrence = 0);

// Names a sequence of numbers. Equal keys give equal numbers on every machine, in any thread, in
// any order: randomness has no state to save.
struct RandomKey {
  std::uint64_t seed = 0;
  Stream stream = Stream::order;
  std::uint32_t epoch = 0;
  std::uint64_t sample = 0;
  std::uint32_t draw = 0;  // the same sample drawn again in the epoch (repeated augmentation)
};

// Philox4x32-10 (Salmon et al., SC 2011) over a RandomKey, with distributions whose mathematics is
// our own: glibc's exp and log differ between CPUs, and draws must not.
class Random {
 public:
  explicit Random(const RandomKey& key);

  std::uint32_t bits();
  std::uint64_t bits64();
  double uniform();  // [0, 1), 53 bits
  double uniform(double low, double high);
  std::int64_t below(std::int64_t n);  // 0..n-1, unbiased; n > 0
  bool chance(double probability);
  double normal();  // mean 0, deviation 1
  double gamma(double shape);
  double beta(double a, double b);

 private:
  void refill();
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> block_;
  int left_ = 0;
};

// One 64-bit number for a key: seeds torch's generators.
std::uint64_t random_seed(const RandomKey& key);

// The same results on every machine; relative error below 1e-15 over the ranges draws need.
namespace exact {
double log(double x);
double exp(double x);
double pow(double x, double y);  // x > 0
double sin(double x);            // |x| <= 1e6
double cos(double x);
}  // namespace exact

// The image that position `index` of an epoch shows: a permutation of 0..n-1 that is a pure
// function of (seed, epoch), computed for one index alone, so that resuming in the middle reads
// nothing.
class Permutation {
 public:
  Permutation(std::int64_t n, std::uint64_t seed, std::uint32_t epoch);
  std::int64_t operator()(std::int64_t index) const;

 private:
  std::int64_t n_;
  std::uint32_t half_bits_;
  std::array<std::uint32_t, 2> key_;
  std::uint32_t epoch_;
};

}  // namespace r50
