#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "r50/augmentation.h"
#include "support/plugins/plugin_under_test.h"

namespace r50::test {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

void apply(const Held<Augmentation>& stage, MicroBatch& batch, std::uint64_t sample = 0) {
  Random random({.seed = 1, .stream = augmentation_stream("test"), .sample = sample});
  stage.as<BatchStage>().call([&](const auto& it) { it.apply(batch, random); });
}

Held<Augmentation> stage(std::string_view table) { return build<Augmentation>(table, some_run()); }

MicroBatch stored_batch() {
  at::Tensor images = at::randint(256, {6, 3, 5, 7}, at::kByte);
  return {.images = images.contiguous(at::MemoryFormat::ChannelsLast),
          .targets = at::arange(6, at::kLong).remainder(4),
          .keys = at::arange(6, at::kLong),
          .stand_ins = {}};
}

MicroBatch normalised_batch() {
  MicroBatch batch = stored_batch();
  batch.images = at::rand({6, 3, 5, 7}).contiguous(at::MemoryFormat::ChannelsLast);
  return batch;
}

TEST(Normalize, DoesTorchvisionsArithmeticAndKeepsTheLayout) {
  MicroBatch batch = stored_batch();
  const at::Tensor stored = batch.images.clone();
  apply(stage("use = 'normalize'\nmean = [0.1, 0.2, 0.3]\nstd = [0.5, 0.25, 0.2]"), batch);
  const at::Tensor mean = at::tensor({0.1F, 0.2F, 0.3F}).view({1, 3, 1, 1});
  const at::Tensor std = at::tensor({0.5F, 0.25F, 0.2F}).view({1, 3, 1, 1});
  EXPECT_TRUE(at::equal(batch.images, stored.to(at::kFloat).div(255).sub(mean).div(std)));
  EXPECT_TRUE(batch.images.is_contiguous(at::MemoryFormat::ChannelsLast));
}

TEST(Normalize, TakesTheDataSetsOwnValuesUnlessToldOthers) {
  MicroBatch own = stored_batch();
  MicroBatch same = own;
  apply(stage("use = 'normalize'"), own);
  apply(stage("use = 'normalize'\nmean = [0.485, 0.456, 0.406]\nstd = [0.229, 0.224, 0.225]"),
        same);
  EXPECT_TRUE(at::equal(own.images, same.images));
}

TEST(Normalize, IsToldTwiceOnlyByMistake) {
  MicroBatch batch = stored_batch();
  const auto normalize = stage("use = 'normalize'");
  apply(normalize, batch);
  EXPECT_THAT([&] { apply(normalize, batch); },
              ThrowsMessage<Error>(HasSubstr("normalised already")));
  EXPECT_THAT(problems(Kind::augmentation, "use = 'normalize'\nmean = [0.5]"),
              HasSubstr("one number for each of the three channels"));
}

// The proportion that the stage draws: the same numbers from the same key.
double drawn_part(double alpha, double p, std::uint64_t sample) {
  Random random({.seed = 1, .stream = augmentation_stream("test"), .sample = sample});
  return random.chance(p) ? random.beta(alpha, alpha) : 1;
}

TEST(Mixup, MixesEachImageAndTargetWithTheOneBeforeIt) {
  MicroBatch batch = normalised_batch();
  const at::Tensor images = batch.images.clone(), labels = batch.targets.clone();
  apply(stage("use = 'mixup'\nalpha = 0.4"), batch, 5);
  const double part = drawn_part(0.4, 1, 5);
  ASSERT_TRUE(part > 0 && part < 1);
  const at::Tensor shares = at::one_hot(labels, 4).to(at::kFloat);
  EXPECT_TRUE(at::equal(batch.images, images.roll(1, 0).mul(1 - part).add(images.mul(part))));
  EXPECT_TRUE(at::equal(batch.targets, shares.roll(1, 0).mul(1 - part).add(shares.mul(part))));
  EXPECT_TRUE(batch.images.is_contiguous(at::MemoryFormat::ChannelsLast));
}

TEST(Mixup, DrawsItsPartFromTheBetaDistribution) {
  const auto mixup = stage("use = 'mixup'\nalpha = 0.5");
  constexpr int draws = 2000;
  double mean = 0, square = 0;
  for (std::uint64_t i = 0; i < draws; ++i) {
    MicroBatch batch{
        at::tensor({0.F, 1.F}).view({2, 1, 1, 1}), at::tensor({0, 1}, at::kLong), {}, {}};
    apply(mixup, batch, i);
    const double part = batch.images[1].item<double>();
    ASSERT_NEAR(batch.targets[1][1].item<double>(), part, 1e-6);
    mean += part / draws;
    square += part * part / draws;
  }
  EXPECT_NEAR(mean, 0.5, 0.04);
  EXPECT_NEAR(square - mean * mean, 1 / (4 * (2 * 0.5 + 1)), 0.015);
}

TEST(Mixup, LeavesTheOtherBatchesAsTheyAre) {
  const auto mixup = stage("use = 'mixup'\np = 0.3");
  int mixed = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    MicroBatch batch = normalised_batch();
    apply(mixup, batch, i);
    mixed += batch.targets.is_floating_point();
  }
  EXPECT_NEAR(mixed, 300, 60);
}

TEST(Mixup, MixesTargetsThatAreMixedAlready) {
  MicroBatch batch = normalised_batch();
  const auto mixup = stage("use = 'mixup'");
  apply(mixup, batch, 1);
  apply(mixup, batch, 2);
  EXPECT_EQ(batch.targets.sizes(), (at::IntArrayRef{6, 4}));
  EXPECT_NEAR(batch.targets.sum().item<double>(), 6, 1e-4);
}

TEST(Mixup, WantsNormalisedImages) {
  MicroBatch batch = stored_batch();
  EXPECT_THAT([&] { apply(stage("use = 'mixup'"), batch); },
              ThrowsMessage<Error>(HasSubstr("Put normalize before it")));
}

}  // namespace
}  // namespace r50::test
