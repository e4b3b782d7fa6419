#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/topk.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "support/train/fakes.h"
#include "train/evaluator.h"

namespace r50::train::test {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

std::pair<std::int64_t, std::int64_t> correct(const at::Tensor& logits, const at::Tensor& targets) {
  const Correct counted = count_correct(logits, targets);
  return {counted.top1.item<std::int64_t>(), counted.top5.item<std::int64_t>()};
}

at::Tensor labels(const std::vector<std::int64_t>& list) { return at::tensor(list); }

TEST(CountCorrect, AgreesWithTopk) {
  const at::Tensor logits = values({200, 20}, 3);
  const at::Tensor targets = values({200}, 4).abs().mul(6).to(at::kLong).clamp_max(19);
  const at::Tensor hits = std::get<1>(at::topk(logits, 5, 1)).eq(targets.unsqueeze(1));
  EXPECT_EQ(correct(logits, targets), std::make_pair(hits.select(1, 0).sum().item<std::int64_t>(),
                                                     hits.sum().item<std::int64_t>()));
  EXPECT_GT(hits.sum().item<std::int64_t>(), 20);
}

TEST(CountCorrect, AModelThatSaysTheSameOfAllIsRightByChanceOnly) {
  const at::Tensor same = at::full({10, 10}, 0.5);
  const at::Tensor every = labels({0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  EXPECT_EQ(correct(same, every), std::make_pair(std::int64_t{1}, std::int64_t{5}));
}

TEST(CountCorrect, TiesBehindTheRightClassDoNotCostIt) {
  const at::Tensor logits = at::tensor({1.0, 3.0, 3.0, 0.0, 0.0, 0.0, 0.0}).unsqueeze(0);
  EXPECT_EQ(correct(logits, labels({1})).first, 1);
  EXPECT_EQ(correct(logits, labels({2})).first, 0);
  EXPECT_EQ(correct(logits, labels({4})).second, 1);
  EXPECT_EQ(correct(logits, labels({5})).second, 0);
}

TEST(CountCorrect, NotANumberIsNeverRight) {
  const at::Tensor logits = at::full({3, 10}, std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(correct(logits, labels({0, 4, 9})), std::make_pair(std::int64_t{0}, std::int64_t{0}));
}

TEST(CountCorrect, WithFewClassesFiveGuessesAreAlwaysEnough) {
  EXPECT_EQ(correct(values({6, 3}, 1), labels({0, 1, 2, 0, 1, 2})).second, 6);
}

TEST(CountCorrect, MixedTargetsCountByTheirLargestShare) {
  const at::Tensor logits = values({8, 7}, 5);
  const at::Tensor targets = labels({0, 1, 2, 3, 4, 5, 6, 0});
  EXPECT_EQ(correct(logits, at::one_hot(targets, 7).to(at::kFloat).mul(0.9)),
            correct(logits, targets));
}

// All evaluation images, stand-ins included, without the evaluator.
Answers shown_by_hand(Bench& bench) {
  const at::NoGradGuard no_grad;
  bench.model->set_training(false);
  Tap tap;
  MicroBatch batch;
  std::vector<at::Tensor> logits, targets;
  bench.evaluate.seek(0, 0);
  while (bench.evaluate.next(batch)) {
    logits.push_back(bench.model->forward(batch.images.to(at::kFloat).div(255), tap));
    targets.push_back(batch.targets.clone());
  }
  return {at::cat(logits), at::cat(targets)};
}

TEST(Evaluator, CountsEachImageOnceThoughTheLastBatchIsSmaller) {
  Bench bench;
  Evaluator evaluator(bench.parts, bench.settings, single_world(), bench.run);
  const auto sets = evaluator.evaluate({{"plain", bench.model->tensors(), false}}, 0);
  ASSERT_TRUE(sets.has_value());
  const SetResult result = sets->front().result;
  EXPECT_EQ(result.images, 12);  // 5 + 5 + 2

  const auto [all, wanted] = shown_by_hand(bench);
  EXPECT_NEAR(result.loss, bench.loss->value(all, wanted).item<double>(), 1e-6);
  const auto [top1, top5] = correct(all, wanted);
  EXPECT_DOUBLE_EQ(result.top1, 100.0 * static_cast<double>(top1) / 12);
  EXPECT_DOUBLE_EQ(result.top5, 100.0 * static_cast<double>(top5) / 12);
}

// Of 5 + 5 + 2 images one of the first batch and both of the last could not be read.
TEST(Evaluator, LeavesOutWhatOnlyStandsInForAnotherImage) {
  Bench bench;
  bench.evaluate.stand_ins = [](std::int64_t batch) -> std::vector<std::int64_t> {
    if (batch == 0) return {1};
    if (batch == 2) return {0, 1};
    return {};
  };
  Evaluator evaluator(bench.parts, bench.settings, single_world(), bench.run);
  const auto sets = evaluator.evaluate({{"plain", bench.model->tensors(), false}}, 0);
  ASSERT_TRUE(sets.has_value());
  const SetResult result = sets->front().result;
  EXPECT_EQ(result.images, 9);

  const Answers all = shown_by_hand(bench);
  const at::Tensor kept = labels({0, 2, 3, 4, 5, 6, 7, 8, 9});
  const at::Tensor shown = all.logits.index_select(0, kept);
  const at::Tensor wanted = all.targets.index_select(0, kept);
  EXPECT_NEAR(result.loss, bench.loss->value(shown, wanted).item<double>(), 1e-6);
  EXPECT_DOUBLE_EQ(result.top1, 100.0 * static_cast<double>(correct(shown, wanted).first) / 9);
}

TEST(Evaluator, AStaleSetIsShownWithFreshStatisticsAndKeepsItsOwn) {
  Bench bench;
  WeightSet set{"swa", bench.model->tensors(), true};
  for (auto& [name, buffer] : set.tensors.buffers) buffer = buffer.clone().fill_(3);
  Evaluator evaluator(bench.parts, bench.settings, single_world(), bench.run);
  const auto sets = evaluator.evaluate({set}, 0);
  ASSERT_TRUE(sets.has_value());
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_TRUE(set.tensors.buffers[i].tensor.eq(3).all().item<bool>());
    EXPECT_FALSE(sets->front().set.tensors.buffers[i].tensor.eq(3).any().item<bool>());
    EXPECT_FALSE(bench.model->tensors().buffers[i].tensor.eq(3).any().item<bool>());
  }
  EXPECT_FALSE(sets->front().set.bn_stale);
}

TEST(Evaluator, EvaluatesAtTheOptimizersWeightsAndReturnsToTraining) {
  Bench bench;
  Evaluator evaluator(bench.parts, bench.settings, single_world(), bench.run);
  const std::vector<WeightSet> sets = {{"plain", bench.model->tensors(), false}};
  bench.model->before_forward = [&] { EXPECT_FALSE(bench.model->training()); };
  evaluator.evaluate(sets, 0);
  bench.model->before_forward = [] { throw 7; };
  EXPECT_THROW(evaluator.evaluate(sets, 0), PluginFailure);
  EXPECT_TRUE(bench.model->training());
  EXPECT_THAT(bench.optimizer->phases,
              ElementsAre(Optimizer::Phase::evaluate, Optimizer::Phase::train,
                          Optimizer::Phase::evaluate, Optimizer::Phase::train));
}

TEST(Evaluation, ComesWhenDueAndAlwaysAtTheEnd) {
  Bench bench;
  bench.settings.evaluate_every = 2;
  bench.trainer().run();
  std::vector<std::int64_t> epochs;
  for (const Event& event : bench.run.events) {
    if (const auto* one = std::get_if<EvaluationEvent>(&event); one && one->set == "plain") {
      epochs.push_back(one->epoch);
    }
  }
  EXPECT_THAT(epochs, ElementsAre(2, 3));
}

TEST(Evaluation, TheBestOverAllSetsIsHandedOutWithTheStatisticsItWasEvaluatedWith) {
  Bench bench;
  bench.settings.best_by = BestBy::loss;
  bench.trainer().run();
  double best = 1e9;
  std::string expected, last_best;
  for (const Event& event : bench.run.events) {
    const auto* one = std::get_if<EvaluationEvent>(&event);
    if (!one) continue;
    EXPECT_EQ(one->best, one->loss < best) << one->epoch << one->set;
    if (one->loss < best) expected = one->set;
    best = std::min(best, one->loss);
  }
  for (const std::string& row : bench.run.rows) {
    if (row.starts_with("best ")) last_best = row;
  }
  EXPECT_THAT(last_best, HasSubstr("best " + expected + " " + expected));
  EXPECT_THAT(bench.run.rows, Each(testing::Not(HasSubstr(" stale"))));
}

}  // namespace
}  // namespace r50::train::test
