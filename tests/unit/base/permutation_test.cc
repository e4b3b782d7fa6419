#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

#include "r50/random.h"

namespace r50 {
namespace {

using testing::ElementsAre;

// Whether every number below n is given exactly once.
bool bijective(std::int64_t n, std::uint64_t seed, std::uint32_t epoch) {
  const Permutation order(n, seed, epoch);
  std::vector<bool> seen(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t x = order(i);
    if (x < 0 || x >= n || seen[static_cast<std::size_t>(x)]) return false;
    seen[static_cast<std::size_t>(x)] = true;
  }
  return true;
}

TEST(Permutation, ShowsEveryImageOnceForEverySizeUpTo3000) {
  for (std::int64_t n = 1; n <= 3000; ++n) {
    ASSERT_TRUE(bijective(n, 11, static_cast<std::uint32_t>(n))) << n;
  }
}

TEST(Permutation, ShowsEveryImageOfImageNetOnce) { EXPECT_TRUE(bijective(1281167, 1, 0)); }

TEST(Permutation, ReachesBeyond32Bits) {
  constexpr std::int64_t n = (std::int64_t{1} << 40) + 1;
  const Permutation order(n, 1, 0);
  std::map<std::int64_t, int> seen;
  for (std::int64_t i = 0; i < 1000; ++i) ++seen[order(n - 1 - i)];
  EXPECT_EQ(seen.size(), 1000u);
  EXPECT_LT(seen.rbegin()->first, n);
  EXPECT_GT(seen.rbegin()->first, n / 2);
}

TEST(Permutation, DiffersBetweenEpochsAndSeeds) {
  const Permutation one(1000, 1, 0);
  const Permutation next(1000, 1, 1);
  const Permutation other(1000, 2, 0);
  int same_as_next = 0;
  int same_as_other = 0;
  for (std::int64_t i = 0; i < 1000; ++i) {
    same_as_next += one(i) == next(i) ? 1 : 0;
    same_as_other += one(i) == other(i) ? 1 : 0;
  }
  EXPECT_LT(same_as_next, 8);  // one on average
  EXPECT_LT(same_as_other, 8);
}

double chi_squared(const std::vector<int>& counts, double expected) {
  double sum = 0;
  for (const int count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

// Each position shows each image equally often over the epochs.
TEST(Permutation, ShowsEveryImageEquallyOftenAtEveryPosition) {
  for (const std::int64_t n : {2, 3, 5, 10, 37}) {
    const int epochs = 400 * static_cast<int>(n);
    std::vector<int> counts(static_cast<std::size_t>(n * n));
    for (int epoch = 0; epoch < epochs; ++epoch) {
      const Permutation order(n, 5, static_cast<std::uint32_t>(epoch));
      for (std::int64_t i = 0; i < n; ++i) ++counts[static_cast<std::size_t>(i * n + order(i))];
    }
    const double freedom = static_cast<double>((n - 1) * (n - 1));
    EXPECT_LT(chi_squared(counts, 400), freedom + 3.3 * std::sqrt(2 * freedom) + 4) << n;
  }
}

// Neighbours in the data set (images of one class) must not stay neighbours in an epoch: pairs of
// successive images fall into all cells of a grid alike.
TEST(Permutation, SuccessiveImagesAreIndependent) {
  constexpr std::int64_t n = 100000;
  constexpr std::int64_t cells = 16;
  const Permutation order(n, 3, 4);
  std::vector<int> counts(cells * cells);
  for (std::int64_t i = 0; i + 1 < n; ++i) {
    ++counts[static_cast<std::size_t>(order(i) * cells / n * cells + order(i + 1) * cells / n)];
  }
  constexpr double freedom = cells * cells - 1;
  EXPECT_LT(chi_squared(counts, static_cast<double>(n) / (cells * cells)),
            freedom + 3.3 * std::sqrt(2 * freedom));
}

TEST(Permutation, GoldenValues) {
  const Permutation small(10, 1, 0);
  EXPECT_THAT((std::vector<std::int64_t>{small(0), small(1), small(2), small(9)}),
              ElementsAre(4, 2, 3, 5));
  const Permutation imagenet(1281167, 42, 89);
  EXPECT_THAT((std::vector<std::int64_t>{imagenet(0), imagenet(1), imagenet(1281166)}),
              ElementsAre(577267, 1022752, 810717));
}

}  // namespace
}  // namespace r50
