#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "sweep/budget/budget.h"
#include "unit/sweep/search/dimensions.h"

namespace r50::sweep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

SweepFile grid_of(std::size_t rows, std::size_t columns) {
  SweepFile sweep;
  for (const std::size_t count : {rows, columns}) {
    VariedKey axis;
    axis.dimension = choice(count);
    axis.choices.resize(count);
    sweep.parameters.axes.push_back(axis);
  }
  return sweep;
}

std::vector<Trial> trials_of(std::size_t rows, std::size_t columns, std::int64_t seeds) {
  std::vector<Trial> trials;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      for (std::int64_t seed = 0; seed < seeds; ++seed) {
        Trial trial;
        trial.number = static_cast<std::int64_t>(trials.size());
        trial.replicate = seed;
        trial.at = {static_cast<double>(row), static_cast<double>(column)};
        trials.push_back(trial);
      }
    }
  }
  return trials;
}

TEST(BudgetOrder, TakesOneSeedOfEachPointFirst) {
  const auto trials = trials_of(4, 4, 3);
  const auto order = budget_order(grid_of(4, 4), trials);
  ASSERT_EQ(order.size(), trials.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    EXPECT_EQ(trials[order[i]].replicate, static_cast<std::int64_t>(i / 16)) << i;
  }
  EXPECT_EQ(std::set<std::size_t>(order.begin(), order.end()).size(), order.size());
}

// In the order of the grid, the first quarter of an 8 x 8 would be two whole rows and none of six.
TEST(BudgetOrder, CoversAGridEvenlyAtAnyTime) {
  const auto trials = trials_of(8, 8, 1);
  const auto order = budget_order(grid_of(8, 8), trials);
  std::vector<int> row(8), column(8), quarter(4);
  for (std::size_t i = 0; i < 16; ++i) {
    const Coordinates& at = trials[order[i]].at;
    ++row[static_cast<std::size_t>(at[0])];
    ++column[static_cast<std::size_t>(at[1])];
    ++quarter[static_cast<std::size_t>(at[0] / 4) * 2 + static_cast<std::size_t>(at[1] / 4)];
  }
  EXPECT_THAT(row, ElementsAre(2, 2, 2, 2, 2, 2, 2, 2));
  EXPECT_THAT(column, ElementsAre(2, 2, 2, 2, 2, 2, 2, 2));
  EXPECT_THAT(quarter, ElementsAre(4, 4, 4, 4));
}

TEST(BudgetOrder, NeverLosesATrialInAGridOfAnyShape) {
  for (const std::size_t columns : {1u, 3u, 7u, 50u}) {
    const auto trials = trials_of(5, columns, 1);
    auto order = budget_order(grid_of(5, columns), trials);
    std::sort(order.begin(), order.end());
    std::vector<std::size_t> all(trials.size());
    std::iota(all.begin(), all.end(), 0u);
    EXPECT_EQ(order, all);
  }
  EXPECT_THAT(budget_order(grid_of(2, 2), {}), IsEmpty());
}

TEST(BudgetOrder, LeavesListsAndSearchesInTheirOwn) {
  const auto trials = trials_of(3, 3, 1);
  SweepFile sweep = grid_of(3, 3);
  for (const Method method : {Method::list, Method::sobol, Method::random, Method::tpe}) {
    sweep.method = method;
    EXPECT_THAT(budget_order(sweep, trials), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8));
  }
}

TEST(BudgetOrder, PutsTheSecondStageFirstWhichMakesTheVerdict) {
  auto trials = trials_of(2, 1, 2);
  trials[2].stage = trials[3].stage = "confirm";
  auto order = budget_order(grid_of(2, 1), trials);
  EXPECT_THAT(order, ElementsAre(2, 3, 0, 1));
  trials[2].leader = trials[3].leader = "both";
  trials.push_back(trials.back());
  trials.back() = Trial();
  trials.back().id = "both";
  trials.back().stage = "merged";
  order = budget_order(grid_of(2, 1), trials);
  EXPECT_LT(std::find(order.begin(), order.end(), 4u), std::find(order.begin(), order.end(), 0u));
}

}  // namespace
}  // namespace r50::sweep
