#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "dimensions.h"
#include "recorded.h"
#include "sweep/search/points.h"
#include "sweep/search/searcher.h"

namespace r50::sweep {
namespace {

TEST(SearchSobol, TheRawSequenceIsScipys) {
  const auto first = recorded("sobol/first.csv");
  ASSERT_EQ(first.size(), 256U);
  for (std::size_t index = 0; index < first.size(); ++index) {
    for (std::size_t dimension = 0; dimension < first[index].size(); ++dimension) {
      EXPECT_EQ(sobol_bits(dimension, index) >> 24, first[index][dimension]) << index;
    }
  }
  const auto far = recorded("sobol/far.csv");
  ASSERT_EQ(far.size(), 19U);
  for (const auto& row : far) {
    ASSERT_EQ(row.size(), 1 + sobol_dimensions);
    for (std::size_t dimension = 0; dimension < sobol_dimensions; ++dimension) {
      const auto bits = sobol_bits(dimension, static_cast<std::uint64_t>(row[0]));
      EXPECT_EQ(bits, row[dimension + 1]) << row[0] << " " << dimension;
    }
  }
}

// Scrambling keeps what makes the sequence even: of each 2^m points every stretch of 2^-m has one.
TEST(SearchSobol, EveryStretchHasItsPoint) {
  const auto sobol = sobol_search(Space(20, real(0, 1)), 4);
  for (const std::int64_t start : {0, 64, 128}) {
    for (std::size_t dimension = 0; dimension < 20; ++dimension) {
      std::set<int> stretches;
      for (std::int64_t n = start; n < start + 64; ++n) {
        stretches.insert(static_cast<int>((*sobol->propose(n, 0, {}))[dimension] * 64));
      }
      EXPECT_EQ(stretches.size(), 64U) << dimension;
    }
  }
}

// The same of the first two dimensions together: all boxes of volume 1/64, whatever their shape.
TEST(SearchSobol, EveryBoxHasItsPoint) {
  const auto sobol = sobol_search({real(0, 1), real(0, 1)}, 17);
  for (int wide = 0; wide <= 6; ++wide) {
    std::set<std::pair<int, int>> boxes;
    for (std::int64_t n = 0; n < 64; ++n) {
      const Coordinates at = *sobol->propose(n, 0, {});
      boxes.insert({static_cast<int>(at[0] * (1 << wide)), static_cast<int>(at[1] * (64 >> wide))});
    }
    EXPECT_EQ(boxes.size(), 64U) << wide;
  }
}

TEST(SearchSobol, EachPointAloneIsUniformOverSeeds) {
  double sum = 0;
  int low = 0;
  constexpr int seeds = 2000;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const double x = (*sobol_search({real(0, 1), real(0, 1)}, seed)->propose(0, 0, {}))[1];
    sum += x;
    low += x < 0.1;
  }
  EXPECT_NEAR(sum / seeds, 0.5, 4 * 0.2887 / std::sqrt(seeds));
  EXPECT_NEAR(low, seeds * 0.1, 4 * std::sqrt(seeds * 0.09));
}

TEST(SearchSobol, IsMoreEvenThanChance) {
  const auto error = [](const Searcher& searcher) {  // of the mean of x * y, which is 1/4
    double sum = 0;
    for (std::int64_t n = 0; n < 256; ++n) {
      const Coordinates at = *searcher.propose(n, 0, {});
      sum += at[0] * at[1];
    }
    return std::abs(sum / 256 - 0.25);
  };
  double sobol = 0;
  double random = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    sobol += error(*sobol_search({real(0, 1), real(0, 1)}, seed));
    random += error(*random_search({real(0, 1), real(0, 1)}, seed));
  }
  EXPECT_LT(sobol, random / 8);
}

TEST(SearchSobol, BeyondItsTableItIsRandom) {
  const auto sobol = sobol_search(Space(70, real(0, 1)), 1);
  std::set<double> values;
  for (std::int64_t n = 0; n < 50; ++n) values.insert((*sobol->propose(n, 0, {})).back());
  EXPECT_EQ(values.size(), 50U);
}

}  // namespace
}  // namespace r50::sweep
