// Our methods against Optuna's, whose results tests/data/optuna/record.py has recorded. The same
// number of evaluations, the same number of workers, the same order in which they end. Ten seeds;
// all fifty with R50_ALL_SEEDS=1, which also prints what comes out.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <limits>
#include <numbers>

#include "mann_whitney.h"
#include "sweep/search/searcher.h"
#include "sweep/stop/stopper.h"
#include "unit/sweep/search/dimensions.h"
#include "unit/sweep/search/recorded.h"

namespace r50::sweep {
namespace {

constexpr std::int64_t evaluations = 100;
constexpr std::size_t workers = 4;
constexpr std::int64_t budget = 600;  // epochs
constexpr double least_probability = 0.01;

std::uint64_t seeds() { return std::getenv("R50_ALL_SEEDS") != nullptr ? 50 : 10; }

double branin(const Coordinates& x) {
  constexpr double pi = std::numbers::pi;
  const double bowl = x[1] - 5.1 / (4 * pi * pi) * x[0] * x[0] + 5 / pi * x[0] - 6;
  return bowl * bowl + 10 * (1 - 1 / (8 * pi)) * std::cos(x[0]) + 10;
}

double hartmann6(const Coordinates& x) {
  constexpr std::array<double, 4> alpha = {1.0, 1.2, 3.0, 3.2};
  constexpr std::array<std::array<double, 6>, 4> a = {{{10, 3, 17, 3.5, 1.7, 8},
                                                       {0.05, 10, 17, 0.1, 8, 14},
                                                       {3, 3.5, 1.7, 10, 17, 8},
                                                       {17, 8, 0.05, 10, 0.1, 14}}};
  constexpr std::array<std::array<double, 6>, 4> p = {{{1312, 1696, 5569, 124, 8283, 5886},
                                                       {2329, 4135, 8307, 3736, 1004, 9991},
                                                       {2348, 1451, 3522, 2883, 3047, 6650},
                                                       {4047, 8828, 8732, 5743, 1091, 381}}};
  double total = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    double inner = 0;
    for (std::size_t j = 0; j < 6; ++j) {
      const double off = x[j] - p[i][j] * 1e-4;
      inner += a[i][j] * off * off;
    }
    total -= alpha[i] * std::exp(-inner);
  }
  return total;
}

// The recorded learning curve nearest to a point: its value after each epoch.
std::vector<double> nearest_curve(const Coordinates& x) {
  static const auto curves = recorded("optuna/curves.csv", 1);
  const auto distance = [&](const std::vector<double>& row) {
    double sum = 0;
    for (std::size_t i = 0; i < 3; ++i) sum += (x[i] - row[i]) * (x[i] - row[i]);
    return sum;
  };
  const auto nearest =
      std::min_element(curves.begin(), curves.end(),
                       [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
  return {nearest->begin() + 3, nearest->end()};
}

double last_of_curve(const Coordinates& x) { return nearest_curve(x).back(); }

using Objective = std::function<double(const Coordinates&)>;

double best_found(const Searcher& searcher, const Objective& objective) {
  std::vector<Seen> history;
  double best = std::numeric_limits<double>::infinity();
  const auto finish = [&](Seen& oldest) {
    oldest.value = objective(oldest.at);
    oldest.state = Seen::State::complete;
    best = std::min(best, oldest.value);
  };
  for (std::int64_t number = 0; number < evaluations; ++number) {
    if (history.size() >= workers) finish(history[history.size() - workers]);
    history.push_back({number, *searcher.propose(number, 0, history)});
  }
  for (Seen& seen : history) finish(seen);
  return best;
}

// The best last value of a whole trial; the workers take turns, an epoch each.
double best_by_halving(const Searcher& searcher, const Stopper& stopper) {
  std::vector<Contender> trials;
  std::vector<std::vector<double>> curves;
  std::array<std::int64_t, workers> held;
  held.fill(-1);
  double best = std::numeric_limits<double>::infinity();
  for (std::int64_t spent = 0; spent < budget; ++spent) {
    std::int64_t& slot = held[static_cast<std::size_t>(spent) % workers];
    if (slot < 0) {
      if (const auto promotion = stopper.promote(trials)) {
        slot = promotion->number;
        trials[static_cast<std::size_t>(slot)].until = promotion->until;
      } else {
        slot = static_cast<std::int64_t>(trials.size());
        curves.push_back(nearest_curve(*searcher.propose(slot, 0, {})));
        trials.push_back({slot, Contender::State::running, {}, stopper.first_until(slot)});
      }
      trials[static_cast<std::size_t>(slot)].state = Contender::State::running;
    }
    Contender& trial = trials[static_cast<std::size_t>(slot)];
    const auto& curve = curves[static_cast<std::size_t>(slot)];
    const std::size_t epochs = trial.reports.size();
    trial.reports.push_back({static_cast<std::int64_t>(epochs) + 1, curve[epochs]});
    if (trial.reports.back().epoch < trial.until) continue;
    trial.state = Contender::State::paused;
    if (trial.reports.size() == curve.size()) {
      trial.state = Contender::State::finished;
      best = std::min(best, curve.back());
    }
    slot = -1;
  }
  return best;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

enum Column : std::size_t { tpe_branin = 1, tpe_hartmann6, tpe_curves, asha_curves };

double against_optuna(Column column, const std::function<double(std::uint64_t)>& ours,
                      std::uint64_t count) {
  std::vector<double> theirs;
  for (const auto& row : recorded("optuna/results.csv", 1)) theirs.push_back(row[column]);
  EXPECT_EQ(theirs.size(), 50U);
  std::vector<double> found;
  for (std::uint64_t seed = 0; seed < count; ++seed) found.push_back(ours(seed));
  const double probability = chance_of_being_no_worse(found, theirs);
  if (std::getenv("R50_ALL_SEEDS") != nullptr) {
    std::cout << "column " << column << ", " << count << " seeds: our median " << median(found)
              << ", Optuna's " << median(theirs) << ", p " << probability << "\n";
  }
  return probability;
}

const Space branin_space = {real(-5, 10), real(0, 15)};
const Space hartmann6_space(6, real(0, 1));
const Space curves_space(3, real(0, 1));

TEST(Optuna, TpeIsNoWorseOnBranin) {
  const auto ours = [](auto seed) { return best_found(*tpe_search(branin_space, seed), branin); };
  EXPECT_GT(against_optuna(tpe_branin, ours, seeds()), least_probability);
}

TEST(Optuna, TpeIsNoWorseOnHartmann6) {
  const auto ours = [](auto seed) {
    return best_found(*tpe_search(hartmann6_space, seed), hartmann6);
  };
  EXPECT_GT(against_optuna(tpe_hartmann6, ours, seeds()), least_probability);
}

TEST(Optuna, TpeIsNoWorseOnLearningCurves) {
  const auto ours = [](auto seed) {
    return best_found(*tpe_search(curves_space, seed), last_of_curve);
  };
  EXPECT_GT(against_optuna(tpe_curves, ours, seeds()), least_probability);
}

TEST(Optuna, AshaIsNoWorseOnLearningCurves) {
  const auto ours = [](auto seed) {
    return best_by_halving(*random_search(curves_space, seed), *asha({1, 3, 27}));
  };
  EXPECT_GT(against_optuna(asha_curves, ours, seeds()), least_probability);
}

// The measure finds what is worse: random points with as many evaluations.
TEST(Optuna, RandomSearchIsWorseThanTheirTpe) {
  const auto with = [](const Space& space, const Objective& objective) {
    return [=](std::uint64_t seed) { return best_found(*random_search(space, seed), objective); };
  };
  EXPECT_LT(against_optuna(tpe_branin, with(branin_space, branin), seeds()), least_probability);
  EXPECT_LT(against_optuna(tpe_hartmann6, with(hartmann6_space, hartmann6), seeds()),
            least_probability);
  EXPECT_LT(against_optuna(tpe_curves, with(curves_space, last_of_curve), 50), least_probability);
}

// And so of epochs: every trial to its end.
TEST(Optuna, WithoutStoppingItIsWorseThanTheirHalving) {
  const auto ours = [](auto seed) {
    return best_by_halving(*random_search(curves_space, seed), *no_stopping(27));
  };
  EXPECT_LT(against_optuna(asha_curves, ours, 50), least_probability);
}

TEST(MannWhitney, ByHand) {
  // 1 2 3 against 4 5 6: no pair of ours is larger, z = (0 - 4.5 - 0.5) / sqrt(9 * 7 / 12).
  EXPECT_NEAR(chance_of_being_no_worse({1, 2, 3}, {4, 5, 6}), 0.98545, 1e-5);
  EXPECT_NEAR(chance_of_being_no_worse({4, 5, 6}, {1, 2, 3}), 0.04042, 1e-5);
  EXPECT_EQ(chance_of_being_no_worse({1, 1}, {1, 1, 1}), 1);
  // scipy.stats.mannwhitneyu([1, 2, 2, 5], [2, 3, 1, 1, 4], alternative="greater")
  EXPECT_NEAR(chance_of_being_no_worse({1, 2, 2, 5}, {2, 3, 1, 1, 4}), 0.44956, 1e-5);
}

}  // namespace
}  // namespace r50::sweep
