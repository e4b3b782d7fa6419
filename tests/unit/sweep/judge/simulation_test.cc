// Whether the verdict keeps its promise: of a thousand sweeps without effect few call a winner, of
// a thousand with a large one most do. The numbers drawn are the same on every machine. With
// R50_ALL_SEEDS=1 it prints what came out.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "judge_tables.h"
#include "sweep/judge/verdict.h"

namespace r50::sweep::judge {
namespace {

constexpr int sweeps_played = 1000;
constexpr int most_false = 60;

// A seed's common part cancels; the difference of two points then has deviation sqrt(2).
const double two_deviations = 2 * std::sqrt(2.0);

struct Calls {
  int wins = 0;          // of the point that is truly best
  int false_wins = 0;    // of one that another equals or exceeds
  int false_claims = 0;  // sweeps with any difference called real that is none
};

Calls calls(const std::vector<SimulatedPoint>& points, std::int64_t seeds) {
  Calls count;
  for (std::uint64_t sweep = 0; sweep < sweeps_played; ++sweep) {
    const Observations table = simulated(points, seeds, sweep);
    const Verdict verdict = judge(groups(table), table.better);
    const double best = points[*verdict.best].mean;
    const auto is_false = [&](const Comparison& one) {
      return one.outcome == Comparison::Outcome::separable && points[one.other].mean >= best;
    };
    const bool any_false = std::any_of(verdict.against.begin(), verdict.against.end(), is_false);
    if (any_false) ++count.false_claims;
    if (verdict.wins) ++(any_false ? count.false_wins : count.wins);
  }
  if (std::getenv("R50_ALL_SEEDS") != nullptr) {
    std::cout << points.size() << " points, " << seeds << " seeds: of " << sweeps_played
              << " sweeps " << count.wins << " find the best, " << count.false_wins
              << " call a false winner, " << count.false_claims << " claim a difference that is "
              << "none\n";
  }
  return count;
}

std::vector<SimulatedPoint> alike(std::size_t points) {
  return std::vector<SimulatedPoint>(points, SimulatedPoint{});
}

std::vector<SimulatedPoint> one_better(std::size_t points) {
  auto all = alike(points);
  all.back().mean = two_deviations;
  return all;
}

TEST(JudgeSimulation, WithoutEffectFewCallAWinner) {
  for (const auto& [points, seeds] : {std::pair{2, 3}, {2, 5}, {4, 5}, {8, 10}, {24, 3}}) {
    const Calls count = calls(alike(static_cast<std::size_t>(points)), seeds);
    EXPECT_LE(count.false_wins, most_false) << points << " points, " << seeds << " seeds";
    EXPECT_LE(count.false_claims, most_false) << points << " points, " << seeds << " seeds";
    EXPECT_EQ(count.wins, 0);
  }
  // The level is used, not just kept.
  EXPECT_GE(calls(alike(2), 5).false_wins, 30);
}

TEST(JudgeSimulation, AnEffectOfTwoDeviationsIsMostlyFoundWithFiveSeeds) {
  for (const std::size_t points : {2U, 4U, 8U, 24U}) {
    const Calls count = calls(one_better(points), 5);
    EXPECT_GE(count.wins, 700) << points << " points";
    EXPECT_LE(count.false_wins, 5) << points << " points";
  }
}

TEST(JudgeSimulation, TwoEquallyGoodOnesAmongWorseAreNotToldApart) {
  std::vector<SimulatedPoint> points = alike(8);
  for (std::size_t i = 2; i < points.size(); ++i) points[i].mean = -20;
  const Calls count = calls(points, 5);
  EXPECT_LE(count.false_wins, most_false);
  EXPECT_LE(count.false_claims, most_false);
}

TEST(JudgeSimulation, ANoisyPointIsNoWinnerByItsNoise) {
  std::vector<SimulatedPoint> points = alike(8);
  points[0].deviation = 5;
  const Calls count = calls(points, 5);
  EXPECT_LE(count.false_wins, most_false);
  EXPECT_LE(count.false_claims, most_false);
}

}  // namespace
}  // namespace r50::sweep::judge
