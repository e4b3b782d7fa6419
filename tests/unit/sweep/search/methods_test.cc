// What all methods promise, and grid and random in particular.

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <set>

#include "dimensions.h"
#include "r50/error.h"
#include "sweep/search/searcher.h"

namespace r50::sweep {
namespace {

using Make = std::function<std::unique_ptr<Searcher>(Space, std::uint64_t)>;

const std::vector<std::pair<std::string, Make>>& methods_by_chance() {
  static const std::vector<std::pair<std::string, Make>> all = {
      {"random", random_search}, {"sobol", sobol_search}, {"tpe", tpe_search}};
  return all;
}

// NaN is not equal to itself; bits are.
std::vector<std::uint64_t> bits_of(const Coordinates& at) {
  std::vector<std::uint64_t> bits;
  for (const double x : at) bits.push_back(std::isnan(x) ? ~0ULL : std::bit_cast<std::uint64_t>(x));
  return bits;
}

// A caller as a sweep's controller is: it asks again for what it has.
std::vector<Coordinates> run_to_the_end(const Searcher& searcher, std::int64_t at_most) {
  std::vector<Seen> history;
  std::set<std::vector<std::uint64_t>> have;
  std::vector<Coordinates> points;
  for (std::int64_t number = 0; number < at_most; ++number) {
    std::optional<Coordinates> at;
    for (std::int64_t attempt = 0;; ++attempt) {
      at = searcher.propose(number, attempt, history);
      if (!at || have.insert(bits_of(*at)).second) break;
    }
    if (!at) break;
    history.push_back({number, *at, Seen::State::complete, std::cos(static_cast<double>(number))});
    points.push_back(*at);
  }
  return points;
}

Space mixed_space() {
  return {choice(3, {1, 2, 1}), only_where(0, {1}, logarithmic(real(1e-4, 1))),
          only_where(0, {0, 2}, integer(1, 20)), real(0, 1, 0.25), normal(0, 1)};
}

TEST(SearchMethods, TheSameAgainFromANewSearcher) {
  for (const auto& [name, make] : methods_by_chance()) {
    const auto all = run_to_the_end(*make(mixed_space(), 7), 40);
    ASSERT_EQ(all.size(), 40U) << name;
    std::vector<Seen> history;
    for (std::int64_t n = 0; n < 40; ++n) {  // a searcher each, as after a kill
      const auto& expected = all[static_cast<std::size_t>(n)];
      const auto again = make(mixed_space(), 7)->propose(n, 0, history);
      EXPECT_EQ(bits_of(*again), bits_of(expected)) << name << " " << n;
      history.push_back({n, expected, Seen::State::complete, std::cos(static_cast<double>(n))});
    }
    const auto other = run_to_the_end(*make(mixed_space(), 8), 40);
    EXPECT_NE(bits_of(all[0]), bits_of(other[0])) << name;
  }
}

TEST(SearchMethods, ValuesStandWhereConditionsAreMet) {
  const Space space = mixed_space();
  for (const auto& [name, make] : methods_by_chance()) {
    for (const Coordinates& at : run_to_the_end(*make(space, 3), 60)) {
      for (std::size_t i = 0; i < space.size(); ++i) {
        EXPECT_EQ(std::isnan(at[i]), !is_active(space, i, at)) << name;
      }
      const double rate = at[0] == 1 ? at[1] : 1e-4;
      const double size = at[0] == 1 ? 1 : at[2];
      EXPECT_TRUE(rate >= 1e-4 && rate <= 1) << name << rate;
      EXPECT_TRUE(size >= 1 && size <= 20 && size == std::floor(size)) << name << size;
      EXPECT_EQ(at[3] * 4, std::floor(at[3] * 4)) << name;
    }
  }
}

TEST(SearchMethods, SmallSpacesAreExhaustedAndEnd) {
  const Space small = {choice(3), only_where(0, {0}, integer(1, 4)), choice(5, {1, 0, 1e-9, 1, 1})};
  for (const auto& [name, make] : methods_by_chance()) {
    const auto searcher = make(small, 11);
    EXPECT_EQ(run_to_the_end(*searcher, 1000).size(), 24U) << name;
  }
  EXPECT_EQ(run_to_the_end(*grid_search(small), 1000).size(), 24U);
}

TEST(SearchMethods, OneValueIsFoundOnce) {
  for (const auto& [name, make] : methods_by_chance()) {
    EXPECT_EQ(run_to_the_end(*make({choice(1), real(2, 2)}, 0), 10).size(), 1U) << name;
    EXPECT_EQ(run_to_the_end(*make({}, 0), 10).size(), 1U) << name;  // nothing to choose
  }
}

TEST(SearchMethods, SpacesWithoutACountEndToo) {
  const Space steps = {normal(0, 0.1, 1)};  // 0, in all likelihood
  for (const auto& [name, make] : methods_by_chance()) {
    EXPECT_EQ(run_to_the_end(*make(steps, 0), 10).size(), 1U) << name;
  }
}

TEST(SearchMethods, OnlyTpeLooksAtTheHistory) {
  for (const auto& [name, make] : methods_by_chance()) {
    EXPECT_EQ(make(mixed_space(), 1)->adaptive(), name == "tpe");
  }
  EXPECT_FALSE(grid_search({choice(2)})->adaptive());
}

TEST(SearchGrid, TheLastDimensionChangesFastest) {
  const auto grid = grid_search({choice(2), integer(5, 7)});
  const std::vector<Coordinates> expected = {{0, 5}, {0, 6}, {0, 7}, {1, 5}, {1, 6}, {1, 7}};
  EXPECT_EQ(run_to_the_end(*grid, 100), expected);
  EXPECT_EQ(grid->propose(6, 0, {}), std::nullopt);
}

TEST(SearchGrid, APointThatIsThereAlreadyLosesNoOther) {
  const auto grid = grid_search({choice(6)});
  // 1 and 4 stand for what 0 stands for: the caller has it already.
  const auto have_already = [](double x) { return x == 1 || x == 4; };
  std::vector<double> taken;
  for (std::int64_t number = 0;; ++number) {
    std::optional<Coordinates> at;
    for (std::int64_t attempt = 0;; ++attempt) {
      at = grid->propose(number, attempt, {});
      if (!at) break;
      const double x = at->front();
      if (!have_already(x) && std::find(taken.begin(), taken.end(), x) == taken.end()) break;
    }
    if (!at) break;
    taken.push_back(at->front());
  }
  EXPECT_EQ(taken, (std::vector<double>{0, 2, 3, 5}));
}

TEST(SearchGrid, RefusesWhatHasNoEnd) {
  try {
    grid_search({choice(2), real(0, 1)});
    FAIL() << "a grid over every number from 0 to 1";
  } catch (const WrongInput& wrong) {
    EXPECT_NE(std::string(wrong.what()).find("'real'"), std::string::npos) << wrong.what();
  }
}

TEST(SearchRandom, FollowsTheDistribution) {
  const auto random = random_search({real(0, 1), choice(2, {3, 1})}, 5);
  std::array<int, 10> bins{};
  int first = 0;
  constexpr int draws = 10000;
  for (int n = 0; n < draws; ++n) {
    const Coordinates at = *random->propose(n, 0, {});
    ++bins[static_cast<std::size_t>(at[0] * 10)];
    first += at[1] == 0;
  }
  double chi_square = 0;
  for (const int bin : bins) chi_square += (bin - 1000.0) * (bin - 1000.0) / 1000;
  EXPECT_LT(chi_square, 27.9);          // 9 degrees of freedom, p = 0.001
  EXPECT_NEAR(first, 7500, 4 * 43.30);  // four deviations
}

TEST(SearchRandom, AConditionLeavesTheOtherDimensionsAlone) {
  const auto with = random_search({choice(2), only_where(0, {0}, real(0, 1)), real(0, 1)}, 9);
  const auto without = random_search({choice(2), real(0, 1), real(0, 1)}, 9);
  for (int n = 0; n < 20; ++n) {
    EXPECT_EQ((*with->propose(n, 0, {}))[2], (*without->propose(n, 0, {}))[2]);
  }
}

// Recorded on x86-64: another machine or another compiler must draw the same.
TEST(SearchRandom, DrawsTheSameBitsEverywhere) {
  const auto random = random_search({logarithmic(real(1e-4, 1)), normal(0, 1), choice(10)}, 2026);
  const Coordinates at = *random->propose(3, 1, {});
  EXPECT_EQ(at, (Coordinates{0x1.9c6ea56d69078p-11, 0x1.036030e14ca3ap-1, 3}));
}

}  // namespace
}  // namespace r50::sweep
