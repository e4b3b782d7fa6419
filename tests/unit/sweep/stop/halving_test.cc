#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <set>

#include "sweep/stop/stopper.h"
#include "unit/sweep/search/nan_value.h"

namespace r50::sweep {
namespace {

using State = Contender::State;

// A trial whose value is the same after each of its epochs.
Contender paused(std::int64_t number, double value, std::int64_t at) {
  Contender trial{number, State::paused, {}, at};
  for (std::int64_t epoch = 1; epoch <= at; ++epoch) trial.reports.push_back({epoch, value});
  return trial;
}

Contender in_state(State state, Contender trial) {
  trial.state = state;
  return trial;
}

// On its way from `from` to `until`.
Contender running(std::int64_t number, double value, std::int64_t from, std::int64_t until) {
  Contender trial = paused(number, value, from);
  trial.state = State::running;
  trial.until = until;
  return trial;
}

std::pair<std::int64_t, std::int64_t> promoted(const Stopper& stopper,
                                               const std::vector<Contender>& all) {
  const auto promotion = stopper.promote(all);
  return promotion ? std::pair{promotion->number, promotion->until}
                   : std::pair<std::int64_t, std::int64_t>{-1, -1};
}

const std::pair<std::int64_t, std::int64_t> nobody = {-1, -1};
using Is = std::pair<std::int64_t, std::int64_t>;

TEST(StopAsha, ABeginnerRunsToTheFirstRung) {
  EXPECT_EQ(asha({1, 3, 27})->first_until(5), 1);
  EXPECT_EQ(asha({4, 3, 27})->first_until(0), 4);
  EXPECT_EQ(asha({40, 3, 27})->first_until(0), 27);  // no rung below the end
  EXPECT_EQ(asha({27, 3, 27})->first_until(0), 27);
  EXPECT_EQ(asha({0, 1, 4})->first_until(0), 1);  // taken for 1 and 2
}

TEST(StopAsha, TheBestThirdGoesOn) {
  const auto stopper = asha({1, 3, 20});
  EXPECT_EQ(promoted(*stopper, {}), nobody);
  EXPECT_EQ(promoted(*stopper, {paused(0, 5, 1), paused(1, 4, 1)}), nobody);
  EXPECT_EQ(promoted(*stopper, {paused(0, 5, 1), paused(1, 4, 1), paused(2, 6, 1)}), (Is{1, 3}));
}

TEST(StopAsha, KnowsTheLastRungUpToAnEpoch) {
  const auto stopper = asha({2, 3, 20});  // at 2, 6, 18, 20
  const std::vector<std::pair<std::int64_t, std::int64_t>> rungs = {
      {0, 0}, {1, 0}, {2, 2}, {5, 2}, {6, 6}, {19, 18}, {20, 20}, {30, 20}};
  for (const auto& [epoch, rung] : rungs) EXPECT_EQ(stopper->rung_at(7, epoch), rung) << epoch;
  EXPECT_EQ(no_stopping(20)->rung_at(7, 20), 0);
  EXPECT_EQ(median_rule(20, 1, 1)->rung_at(7, 20), 0);
}

TEST(StopHyperband, ATrialsRungsAreThoseOfItsBracket) {
  const auto stopper = hyperband({1, 3, 9});
  std::set<std::int64_t> first;
  for (std::int64_t number = 0; number < 20; ++number) {
    const std::int64_t until = stopper->first_until(number);
    first.insert(until);
    EXPECT_EQ(stopper->rung_at(number, until - 1), 0) << number;
    EXPECT_EQ(stopper->rung_at(number, 8), until == 9 ? 0 : 3) << number;
  }
  EXPECT_EQ(first, (std::set<std::int64_t>{1, 3, 9}));
}

TEST(StopAsha, RungsEndWithTheTrials) {
  const auto stopper = asha({1, 3, 20});  // 1, 3, 9, then 20
  EXPECT_EQ(promoted(*stopper, {paused(0, 5, 9), paused(1, 4, 9), paused(2, 6, 9)}), (Is{1, 20}));
  const auto short_one = asha({2, 2, 5});  // 2, 4, then 5
  EXPECT_EQ(promoted(*short_one, {paused(0, 5, 4), paused(1, 4, 4)}), (Is{1, 5}));
}

TEST(StopAsha, TheHighestRungComesFirst) {
  const std::vector<Contender> all = {paused(0, 9, 1), paused(1, 8, 1), paused(2, 7, 1),
                                      paused(3, 3, 3), paused(4, 2, 3), paused(5, 1, 3)};
  EXPECT_EQ(promoted(*asha({1, 3, 27}), all), (Is{5, 9}));
}

TEST(StopAsha, WhoWentOnKeepsHisPlace) {
  // The best of three was resumed already: whether it runs, waits higher up, ended or failed there.
  for (const State state : {State::running, State::stopped, State::failed, State::finished}) {
    std::vector<Contender> all = {paused(0, 1, 2), paused(1, 2, 1), paused(2, 3, 1)};
    all[0].state = state;
    all[0].until = 3;
    EXPECT_EQ(promoted(*asha({1, 3, 27}), all), nobody);
  }
}

TEST(StopAsha, WhoLostItsCheckpointDoesNotGoOn) {
  EXPECT_EQ(promoted(*asha({1, 3, 27}),
                     {in_state(State::stopped, paused(0, 1, 1)), paused(1, 2, 1), paused(2, 3, 1)}),
            nobody);
}

TEST(StopAsha, StragglersAreNotWaitedFor) {
  const std::vector<Contender> all = {running(0, 0, 0, 1), paused(1, 4, 1), paused(2, 6, 1),
                                      paused(3, 5, 1)};
  EXPECT_EQ(promoted(*asha({1, 3, 27}), all), (Is{1, 3}));
}

TEST(StopAsha, TiesGoToTheFirst) {
  EXPECT_EQ(promoted(*asha({1, 3, 27}), {paused(4, 5, 1), paused(7, 5, 1), paused(9, 5, 1)}),
            (Is{4, 3}));
}

TEST(StopAsha, NanCountsButNeverGoesOn) {
  const auto stopper = asha({1, 3, 27});
  EXPECT_EQ(promoted(*stopper, {paused(0, nan_value, 1), paused(1, 6, 1), paused(2, nan_value, 1)}),
            (Is{1, 3}));
  EXPECT_EQ(promoted(*stopper, std::vector<Contender>(9, paused(0, nan_value, 1))), nobody);
  Contender silent = paused(0, 0, 1);
  silent.reports.clear();  // reached the rung without a word
  EXPECT_EQ(promoted(*stopper, {silent, paused(1, 6, 1), paused(2, 7, 1)}), (Is{1, 3}));
  const double infinite = std::numeric_limits<double>::infinity();
  EXPECT_EQ(promoted(*stopper, {paused(0, infinite, 1), paused(1, 1e300, 1), silent}), (Is{1, 3}));
}

TEST(StopAsha, TheValueIsThatAtTheRung) {
  Contender late = paused(0, 9, 3);
  late.reports[2].value = 1;  // good at epoch 3, bad at 1
  EXPECT_EQ(promoted(*asha({1, 3, 27}), {late, paused(1, 5, 1), paused(2, 6, 1)}), (Is{1, 3}));
}

TEST(StopAsha, RunningTrialsAreNotEnded) {
  const std::vector<Contender> all = {running(0, nan_value, 1, 3), paused(1, 5, 1)};
  EXPECT_FALSE(asha({1, 3, 27})->ends(all[0], all));
}

TEST(StopAsha, AtTheEndTheBestOfTheFarthestGoesOn) {
  const auto stopper = asha({1, 3, 27});
  std::vector<Contender> all = {paused(0, 5, 1), paused(1, 4, 1)};
  auto promotion = stopper->promote_at_end(all);
  ASSERT_TRUE(promotion);
  EXPECT_EQ(promotion->number, 1);
  EXPECT_EQ(promotion->until, 3);
  all[1] = paused(1, 4, 9);
  promotion = stopper->promote_at_end(all);
  ASSERT_TRUE(promotion);
  EXPECT_EQ(promotion->until, 27);
  all[1] = in_state(State::finished, paused(1, 4, 27));
  EXPECT_FALSE(stopper->promote_at_end(all));
  EXPECT_FALSE(stopper->promote_at_end({}));
  EXPECT_FALSE(stopper->promote_at_end({paused(0, nan_value, 1)}));
}

TEST(StopAsha, AtTheEndTheNextTakesTheFailedOnesPlace) {
  const auto stopper = asha({1, 3, 27});
  const auto at_end = [&](const std::vector<Contender>& all) {
    const auto promotion = stopper->promote_at_end(all);
    return promotion ? Is{promotion->number, promotion->until} : nobody;
  };
  Contender diverged = in_state(State::finished, paused(1, 4, 27));
  diverged.reports.back().value = nan_value;
  std::vector<Contender> all = {paused(0, 5, 1), in_state(State::failed, paused(1, 4, 2)),
                                paused(2, 6, 1), paused(3, 7, 1)};
  EXPECT_EQ(at_end(all), (Is{0, 3}));
  EXPECT_EQ(stopper->hopeless(all, 0), std::vector<std::int64_t>{3});  // kept are three
  all[1] = diverged;
  EXPECT_EQ(at_end(all), (Is{0, 3}));
  all[0] = in_state(State::failed, all[0]);
  EXPECT_EQ(at_end(all), (Is{2, 3}));
  all[2] = in_state(State::failed, all[2]);
  EXPECT_EQ(at_end(all), nobody);
}

// Which trials may still be resumed, by hand. Factor 3; one has ended, six have reached the first
// rung.
class StopAshaOutlook : public testing::Test {
 protected:
  std::vector<std::int64_t> hopeless(std::int64_t to_come) const {
    return asha({1, 3, 27})->hopeless(all, to_come);
  }
  std::vector<Contender> all = {in_state(State::finished, paused(0, 1, 27)),
                                running(1, 2, 1, 3),
                                paused(2, 3, 1),
                                paused(3, 4, 1),
                                paused(4, 5, 1),
                                paused(5, nan_value, 1)};
  using Numbers = std::vector<std::int64_t>;
};

TEST_F(StopAshaOutlook, WithNobodyToComeTheTopThirdIsAll) {
  EXPECT_EQ(hopeless(0), (Numbers{2, 3, 4, 5}));
  EXPECT_EQ(hopeless(2), (Numbers{2, 3, 4, 5}));
}

TEST_F(StopAshaOutlook, ThreeMoreMakeRoomForOne) {
  EXPECT_EQ(hopeless(3), (Numbers{3, 4, 5}));
  EXPECT_EQ(hopeless(6), (Numbers{4, 5}));
  EXPECT_EQ(hopeless(1000), Numbers{5});
  EXPECT_EQ(hopeless(std::int64_t{1} << 60), Numbers{5});  // no cap at all
}

TEST_F(StopAshaOutlook, ThoseUnderWayCount) {
  all.push_back(running(6, 0, 0, 1));
  EXPECT_EQ(hopeless(2), (Numbers{3, 4, 5}));
  EXPECT_EQ(hopeless(1), (Numbers{2, 3, 4, 5}));
}

TEST_F(StopAshaOutlook, FurtherUpItDependsOnWhoMayRise) {
  all[1] = paused(1, 2, 3);
  // The second rung has two and needs six before its second is resumed. Each new trial can pass the
  // first, by being better than all before it.
  EXPECT_EQ(hopeless(0), (Numbers{1, 2, 3, 4, 5}));
  EXPECT_EQ(hopeless(3), (Numbers{1, 3, 4, 5}));
  EXPECT_EQ(hopeless(4), (Numbers{3, 4, 5}));
}

TEST_F(StopAshaOutlook, TheFirstOfARungMakeNoRoom) {
  // Factor 5. With four to come six reach the first rung, of which the last two can pass it: four
  // in the second, and that lets nobody on.
  all = {in_state(State::finished, paused(0, 2, 25)), paused(1, 1, 5)};
  EXPECT_EQ(asha({1, 5, 25})->hopeless(all, 4), Numbers{1});
  EXPECT_EQ(asha({1, 5, 25})->hopeless(all, 5), Numbers{});
}

TEST(StopHyperband, DealsAsManyAsHyperband) {
  // R = 27, factor 3: 27 trials from 1 epoch on, 12 from 3, 6 from 9, 4 to the end at once.
  const auto stopper = hyperband({1, 3, 27});
  std::map<std::int64_t, int> of;
  for (std::int64_t n = 0; n < 49; ++n) ++of[stopper->first_until(n)];
  EXPECT_EQ(of, (std::map<std::int64_t, int>{{1, 27}, {3, 12}, {9, 6}, {27, 4}}));
  for (std::int64_t n = 0; n < 49; ++n) {
    EXPECT_EQ(stopper->first_until(n), stopper->first_until(n + 49));
  }
  std::set<std::int64_t> early;
  for (std::int64_t n = 0; n < 13; ++n) early.insert(stopper->first_until(n));
  EXPECT_EQ(early.size(), 4U) << "a short sweep has all brackets, too";
}

TEST(StopHyperband, BracketsDoNotCompete) {
  const auto stopper = hyperband({1, 3, 9});
  std::map<std::int64_t, std::vector<std::int64_t>> numbers;  // by their first stop
  for (std::int64_t n = 0; n < 17; ++n) numbers[stopper->first_until(n)].push_back(n);
  std::vector<Contender> all(17);
  for (std::int64_t n = 0; n < 17; ++n) all[static_cast<std::size_t>(n)] = running(n, 0, 0, 1);
  const auto set = [&](std::int64_t number, double value, std::int64_t at) {
    all[static_cast<std::size_t>(number)] = paused(number, value, at);
  };
  // Two of the bracket from 1 and one of that from 3: three at epoch 1, but no bracket has three.
  set(numbers[1][0], 1, 1);
  set(numbers[1][1], 2, 1);
  set(numbers[3][0], 3, 3);
  EXPECT_EQ(promoted(*stopper, all), nobody);
  set(numbers[1][2], 3, 1);
  EXPECT_EQ(promoted(*stopper, all), (Is{numbers[1][0], 3}));
  set(numbers[3][1], 2, 3);
  set(numbers[3][2], 5, 3);
  EXPECT_EQ(promoted(*stopper, all), (Is{numbers[3][1], 9})) << "the farthest first";
}

TEST(StopHyperband, AtTheEndOneGoesOn) {
  const auto stopper = hyperband({1, 3, 9});
  std::vector<Contender> all = {paused(0, 5, stopper->first_until(0))};
  ASSERT_LT(stopper->first_until(0), 9);
  EXPECT_TRUE(stopper->promote_at_end(all));
  EXPECT_TRUE(stopper->hopeless(all, 0).empty());
  all.push_back(in_state(State::finished, paused(1, 5, 9)));
  EXPECT_FALSE(stopper->promote_at_end(all));
}

TEST(StopNone, RunsAllToTheirEnd) {
  const auto stopper = no_stopping(12);
  const std::vector<Contender> all = {running(0, nan_value, 3, 12), paused(1, 1, 3)};
  EXPECT_EQ(stopper->first_until(7), 12);
  EXPECT_EQ(promoted(*stopper, all), nobody);
  EXPECT_FALSE(stopper->promote_at_end(all));
  EXPECT_FALSE(stopper->ends(all[0], all));
  EXPECT_TRUE(stopper->hopeless(all, 0).empty());
}

}  // namespace
}  // namespace r50::sweep
