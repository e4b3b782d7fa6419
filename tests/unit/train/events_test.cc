#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/train/fakes.h"

namespace r50::train::test {
namespace {

using testing::ElementsAre;

template <class Kind>
std::vector<Kind> only(const std::vector<Event>& events) {
  std::vector<Kind> found;
  for (const Event& event : events) {
    if (const auto* one = std::get_if<Kind>(&event)) found.push_back(*one);
  }
  return found;
}

// The same run, with an event at every step.
std::vector<StepEvent> every_step() {
  Bench bench;
  bench.settings.log_every = 1;
  bench.trainer().run();
  return only<StepEvent>(bench.run.events);
}

TEST(Events, AStepRowIsTheMeanSinceTheOneBeforeAndCrossesEpochs) {
  const auto each = every_step();
  ASSERT_EQ(each.size(), 12);
  Bench bench;
  bench.settings.log_every = 5;
  bench.trainer().run();
  const auto rows = only<StepEvent>(bench.run.events);
  ASSERT_EQ(rows.size(), 2);
  for (std::size_t row = 0; row < 2; ++row) {
    double sum = 0;
    for (std::size_t i = 5 * row; i < 5 * row + 5; ++i) sum += each[i].loss;
    EXPECT_NEAR(rows[row].loss, sum / 5, 1e-12);
    EXPECT_EQ(rows[row].step, 5 * static_cast<std::int64_t>(row) + 5);
    EXPECT_EQ(rows[row].lr, each[5 * row + 4].lr);
    EXPECT_EQ(rows[row].grad_norm, each[5 * row + 4].grad_norm);
    EXPECT_EQ(rows[row].momentum, 0.9);
    EXPECT_EQ(rows[row].size, pixels);
  }
  EXPECT_EQ(rows[0].epoch, 2);
}

TEST(Events, AnEpochRowIsTheMeanOfItsSteps) {
  const auto each = every_step();
  Bench bench;
  bench.trainer().run();
  const auto epochs = only<EpochEvent>(bench.run.events);
  ASSERT_EQ(epochs.size(), 3);
  for (std::size_t e = 0; e < 3; ++e) {
    double sum = 0;
    for (std::size_t i = 4 * e; i < 4 * e + 4; ++i) sum += each[i].loss;
    EXPECT_NEAR(epochs[e].loss, sum / 4, 1e-12);
    EXPECT_EQ(epochs[e].lr, each[4 * e + 3].lr);
    EXPECT_EQ(epochs[e].step, 4 * static_cast<std::int64_t>(e) + 4);
  }
}

TEST(Events, SetsComePlainFirstAndOnceTheyExistBeforeTheEpochsRow) {
  Bench bench;
  bench.trainer().run();
  std::vector<std::string> order;
  for (const Event& event : bench.run.events) {
    if (const auto* one = std::get_if<EvaluationEvent>(&event)) order.push_back(one->set);
    if (std::holds_alternative<EpochEvent>(event)) order.push_back("|");
  }
  EXPECT_THAT(order, ElementsAre("plain", "ema", "|", "plain", "ema", "swa", "|", "plain", "ema",
                                 "swa", "|"));
}

TEST(Events, TheLiveLineHearsOfEveryStep) {
  Bench bench;
  bench.trainer().run();
  ASSERT_EQ(bench.run.lives.size(), 12);
  EXPECT_EQ(bench.run.lives[4].step, 5);
  EXPECT_GT(bench.run.lives[4].loss, 0);
}

}  // namespace
}  // namespace r50::train::test
