#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "dimensions.h"
#include "nan_value.h"
#include "sweep/search/parzen.h"
#include "sweep/search/searcher.h"

namespace r50::sweep {
namespace {

constexpr auto complete = Seen::State::complete;
constexpr auto running = Seen::State::running;
constexpr auto stopped = Seen::State::stopped;
constexpr auto failed = Seen::State::failed;

TEST(SearchParzen, TheNewest25CountFully) {
  EXPECT_TRUE(weights_by_age(0).empty());
  EXPECT_EQ(weights_by_age(25), std::vector<double>(25, 1.0));
  EXPECT_EQ(weights_by_age(26).front(), 1.0 / 26);
  const auto weights = weights_by_age(30);  // five on the ramp, from 1/30 to 1
  EXPECT_DOUBLE_EQ(weights[0], 1.0 / 30);
  EXPECT_DOUBLE_EQ(weights[2], (1.0 / 30 + 1) / 2);
  EXPECT_DOUBLE_EQ(weights[4], 1);
  EXPECT_DOUBLE_EQ(std::accumulate(weights.begin(), weights.end(), 0.0), 25 + 2.5 * (1 + 1.0 / 30));
}

TEST(SearchParzen, AKernelReachesItsFartherNeighbour) {
  EXPECT_TRUE(kernel_widths({}).empty());
  EXPECT_EQ(kernel_widths({0.25}), std::vector<double>{0.75});  // alone, to the farther end
  // Out of order; the outer ones look inwards only; none is below 1/5.
  EXPECT_EQ(kernel_widths({0.9375, 0.0625, 0.125}), (std::vector<double>{0.8125, 0.2, 0.8125}));
  EXPECT_EQ(kernel_widths({0.5, 0.5}), (std::vector<double>{0.25, 0.25}));
  EXPECT_EQ(kernel_widths(std::vector<double>(300, 0.5))[7], 0.01);
}

double mass_of_line(const Parzen& parzen) {
  double sum = 0;
  for (int i = 0; i < 2000; ++i) sum += std::exp(parzen.log_density({(i + 0.5) / 2000})) / 2000;
  return sum;
}

TEST(SearchParzen, DensitiesIntegrateToOne) {
  const Space line = {real(0, 1)};
  EXPECT_NEAR(mass_of_line(Parzen(line, {})), 1, 1e-6);
  EXPECT_NEAR(mass_of_line(Parzen(line, {{0.0}, {0.2}, {0.25}, {1.0}})), 1, 1e-6);

  const Space steps = {logarithmic(integer(1, 40))};
  const Parzen whole(steps, {{1}, {8}, {8}, {40}});
  double sum = 0;
  for (int i = 1; i <= 40; ++i) sum += std::exp(whole.log_density({static_cast<double>(i)}));
  EXPECT_NEAR(sum, 1, 1e-12);

  const Space choices = {choice(3, {1, 5, 0}), only_where(0, {1}, choice(4))};
  const Parzen conditional(choices, {{0, nan_value}, {1, 2}, {1, 2}});
  sum = std::exp(conditional.log_density({0, nan_value}));
  for (double second = 0; second < 4; ++second) {
    sum += std::exp(conditional.log_density({1, second}));
  }
  EXPECT_NEAR(sum, 1, 1e-12);
  EXPECT_EQ(conditional.log_density({2, nan_value}), -std::numeric_limits<double>::infinity());
}

TEST(SearchParzen, DrawsWhatItsDensitySays) {
  const Space space = {choice(2), only_where(0, {1}, integer(0, 9))};
  const Parzen parzen(space, {{0, nan_value}, {1, 3}, {1, 4}});
  std::vector<int> drawn(11, 0);
  Random random({.seed = 1});
  constexpr int draws = 20000;
  for (int i = 0; i < draws; ++i) {
    const Coordinates at = parzen.draw(random);
    ++drawn[at[0] == 0 ? 10 : static_cast<std::size_t>(at[1])];
  }
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    const Coordinates at = {i == 10 ? 0.0 : 1.0, i == 10 ? nan_value : static_cast<double>(i)};
    const double share = std::exp(parzen.log_density(at));
    EXPECT_NEAR(drawn[i], draws * share, 4 * std::sqrt(draws * share * (1 - share))) << i;
  }
}

// By hand: two choices, one observation of the first. Its kernel has 1 + (2/2)(1/2) to (2/2)(1/2),
// that is 3/4 to 1/4; the wide one 1/2 to 1/2.
TEST(SearchParzen, CategoricalKernelsByHand) {
  const Space space = {choice(2)};
  const Parzen parzen(space, {{0}});
  EXPECT_NEAR(std::exp(parzen.log_density({0})), (0.75 + 0.5) / 2, 1e-15);
  EXPECT_NEAR(std::exp(parzen.log_density({1})), (0.25 + 0.5) / 2, 1e-15);
}

std::vector<Seen> twenty(const std::function<Seen(std::int64_t)>& make) {
  std::vector<Seen> history;
  for (std::int64_t n = 0; n < 20; ++n) history.push_back(make(n));
  return history;
}

double mean_proposal(const std::vector<Seen>& history) {
  double sum = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    sum += tpe_search({real(0, 1)}, seed)->propose(20, 0, history)->front() / 40;
  }
  return sum;
}

double spread(std::int64_t n) { return static_cast<double>(n * 7 % 20) / 20 + 0.025; }

TEST(SearchTpe, BeginsAsRandomSearchDoes) {
  const Space space = {real(0, 1)};
  auto history = twenty([](auto n) { return Seen{n, {spread(n)}, complete, 1.0 * n}; });
  history.resize(9);
  history.push_back({9, {0.3}, running});  // not known yet
  history.push_back({10, {0.3}, failed});  // never
  const auto random = random_search(space, 6)->propose(11, 0, {});
  EXPECT_EQ(tpe_search(space, 6)->propose(11, 0, history), random);
  history.push_back({11, {0.3}, complete, 5});
  EXPECT_EQ(tpe_search(space, 6)->propose(11, 0, history), random) << "its own entry counted";
  EXPECT_NE(tpe_search(space, 6)->propose(12, 0, history),
            random_search(space, 6)->propose(12, 0, {}));
}

TEST(SearchTpe, GoesWhereItIsGood) {
  const auto near = [](double best) {
    return twenty([&](auto n) {
      return Seen{n, {spread(n)}, complete, std::abs(spread(n) - best)};
    });
  };
  EXPECT_NEAR(mean_proposal(near(0.1)), 0.1, 0.1);
  EXPECT_NEAR(mean_proposal(near(0.9)), 0.9, 0.1);
}

TEST(SearchTpe, StoppedTrialsRankByHowFarTheyCame) {
  // All stopped. High ones came far with bad values, low ones had good values early on.
  const auto far = twenty([](auto n) {
    return Seen{n, {spread(n)}, stopped, spread(n), spread(n) > 0.85 ? 9 : 1};
  });
  EXPECT_GT(mean_proposal(far), 0.8);
  const auto equally_far = twenty([](auto n) {
    return Seen{n, {spread(n)}, stopped, spread(n), 3};
  });
  EXPECT_LT(mean_proposal(equally_far), 0.25);
}

TEST(SearchTpe, AWholeTrialGoesBeforeAStoppedOne) {
  const auto history = twenty([](auto n) {
    const bool high = spread(n) > 0.88;
    return Seen{n, {spread(n)}, high ? complete : stopped, high ? 100 : spread(n), 26};
  });
  EXPECT_GT(mean_proposal(history), 0.8);
}

TEST(SearchTpe, WhatDivergedIsAvoided) {
  const auto history = twenty([](auto n) {
    const bool diverged = spread(n) > 0.4;
    return Seen{n, {spread(n)}, complete, diverged ? nan_value : spread(n) - 1};
  });
  EXPECT_LT(mean_proposal(history), 0.3);
}

TEST(SearchTpe, AFailedTrialSaysNothing) {
  auto history = twenty([](auto n) { return Seen{n, {spread(n)}, complete, spread(n)}; });
  const auto before = tpe_search({real(0, 1)}, 3)->propose(40, 0, history);
  for (std::int64_t n = 20; n < 30; ++n) history.push_back({n, {0.5}, failed, -100});
  EXPECT_EQ(tpe_search({real(0, 1)}, 3)->propose(40, 0, history), before);
}

TEST(SearchTpe, RunningPointsAreLeftAlone) {
  const auto alone = twenty([](auto n) {
    return Seen{n, {spread(n)}, complete, std::abs(spread(n) - 0.5)};
  });
  auto crowded = alone;
  for (std::int64_t n = 20; n < 32; ++n) crowded.push_back({n, {0.5}, running});
  const auto mean_distance = [](const std::vector<Seen>& history) {
    double sum = 0;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      sum += std::abs(tpe_search({real(0, 1)}, seed)->propose(50, 0, history)->front() - 0.5) / 40;
    }
    return sum;
  };
  EXPECT_GT(mean_distance(crowded), 2 * mean_distance(alone));
}

TEST(SearchTpe, HistoriesOfOddThingsDoNotStopIt) {
  const Space space = {choice(2), only_where(0, {0}, real(0, 1)), normal(0, 1), real(3, 3)};
  auto history = twenty([](auto n) {
    return Seen{n, {1.0 * (n % 2), n % 2 == 0 ? 0.5 : nan_value, 1e9, 3}, complete, 1};
  });
  history[3].at = {0, 55, -4, 3};  // outside: the space has been narrowed since
  history[4].value = std::numeric_limits<double>::infinity();
  for (std::int64_t n = 20; n < 40; ++n) {
    const Coordinates at = *tpe_search(space, 1)->propose(n, 0, history);
    EXPECT_TRUE(std::isfinite(at[2]));
    EXPECT_EQ(at[3], 3);
  }
}

TEST(SearchTpe, LargeHistoriesAndAllAlike) {
  std::vector<Seen> history;
  for (std::int64_t n = 0; n < 2000; ++n) history.push_back({n, {0.25, 2}, complete, 1});
  const auto at = tpe_search({real(0, 1), choice(5)}, 1)->propose(2000, 0, history);
  EXPECT_TRUE(at->front() >= 0 && at->front() <= 1);
}

}  // namespace
}  // namespace r50::sweep
