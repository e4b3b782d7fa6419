#include "r50/layers.h"

#include <ATen/Context.h>
#include <ATen/autocast_mode.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "r50/error.h"

namespace r50 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

at::Tensor some(at::IntArrayRef sizes) { return at::randn(sizes, at::TensorOptions(at::kFloat)); }

std::vector<std::string> names(const NamedTensors& tensors) {
  std::vector<std::string> result;
  for (const auto& [name, tensor] : tensors) result.push_back(name);
  return result;
}

// Of the nine taps of a 3x3 kernel only the middle one sees a 1x1 image, so the others' gradient is
// zero. libtorch 2.13 gives what lay in recycled memory instead, where nobody keeps it from that.
TEST(Conv, HasNoGradientFromMemoryThatNobodyWrote) {
  at::autocast::set_autocast_enabled(at::kCPU, true);
  at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
  for (const std::int64_t height : {1, 2}) {
    ModelTensors tensors;
    Conv conv("conv1", {.in = 256, .out = 512, .kernel = 3, .stride = 2, .padding = 1}, tensors);
    const at::Tensor x = some({16, 256, height, 1});
    at::Tensor y = conv.forward(x, {});
    EXPECT_THAT(y.sizes().vec(), ElementsAre(16, 512, 1, 1));
    for (int i = 0; i < 4; ++i) {  // given back at once, to be used again
      std::vector<at::Tensor> blocks;
      for (std::int64_t size = 1 << 8; size <= 1 << 22; size *= 2) {
        blocks.push_back(at::full({size}, std::nan(""), at::kFloat));
      }
    }
    y.sum().backward();
    at::Tensor gradient = tensors.parameters[0].tensor.grad().clone();
    EXPECT_GT(gradient.select(3, 1).abs().sum().item<float>(), 0);
    for (const std::int64_t unseen : {0, 2}) {
      EXPECT_EQ(gradient.select(3, unseen).abs().sum().item<float>(), 0) << "height " << height;
    }
  }
  at::autocast::clear_cache();
  at::autocast::set_autocast_enabled(at::kCPU, false);
}

TEST(Conv, HasAChannelsLastMasterThatLearns) {
  ModelTensors tensors;
  Conv conv("conv1", {.in = 3, .out = 8, .kernel = 3, .padding = 1}, tensors);
  ASSERT_THAT(names(tensors.parameters), ElementsAre("conv1.weight"));
  const at::Tensor& weight = tensors.parameters[0].tensor;
  EXPECT_THAT(weight.sizes().vec(), ElementsAre(8, 3, 3, 3));
  EXPECT_TRUE(weight.is_contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_TRUE(weight.requires_grad());

  conv.forward(some({2, 3, 6, 6}), {}).sum().backward();
  EXPECT_TRUE(weight.grad().is_contiguous(at::MemoryFormat::ChannelsLast));
}

TEST(Conv, SaysWhatItIsAndCosts) {
  ModelTensors tensors;
  const Conv stem("a", {.in = 3, .out = 64, .kernel = 7, .stride = 2, .padding = 3}, tensors);
  EXPECT_EQ(stem.describe(), "conv 7x7/2 3->64");
  const std::vector<std::int64_t> input = {2, 3, 224, 224};
  EXPECT_EQ(stem.multiply_adds(input), 2LL * 112 * 112 * 64 * 3 * 7 * 7);
  const Conv grouped("b", {.in = 64, .out = 64, .groups = 4}, tensors);
  EXPECT_EQ(grouped.describe(), "conv 1x1 64->64 in 4 groups");
}

TEST(Conv, RefusesAResidual) {
  ModelTensors tensors;
  Conv conv("conv1", {.in = 3, .out = 3}, tensors);
  EXPECT_THROW(conv.forward(some({1, 3, 2, 2}), some({1, 3, 2, 2})), Error);
}

TEST(KaimingNormal, DrawsForFanOutAndLeavesTheRest) {
  at::manual_seed(3);
  ModelTensors tensors;
  Conv conv("conv1", {.in = 64, .out = 128, .kernel = 3}, tensors);
  PoolLinear head("fc", 128, 10, tensors);
  const at::Tensor classifier = tensors.parameters[1].tensor.detach().clone();
  kaiming_normal(tensors.parameters);
  const at::Tensor weight = tensors.parameters[0].tensor.detach();
  EXPECT_NEAR(weight.std().item<double>(), std::sqrt(2.0 / (128 * 9)), 3e-4);
  EXPECT_TRUE(weight.is_contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_TRUE(classifier.equal(tensors.parameters[1].tensor));
}

TEST(Norm, TrainsWithTheBatchAndEvaluatesWithWhatItSaw) {
  ModelTensors tensors;
  Norm norm("bn1", 4, tensors);
  EXPECT_THAT(names(tensors.parameters), ElementsAre("bn1.weight", "bn1.bias"));
  EXPECT_THAT(names(tensors.buffers),
              ElementsAre("bn1.running_mean", "bn1.running_var", "bn1.num_batches_tracked"));
  const at::Tensor x = some({8, 4, 5, 5}).add(3);
  const at::Tensor y = norm.forward(x, {});
  EXPECT_NEAR(y.mean().item<double>(), 0, 1e-5);
  EXPECT_EQ(tensors.buffers[2].tensor.dim(), 0);
  EXPECT_EQ(tensors.buffers[2].tensor.item<std::int64_t>(), 1);
  EXPECT_TRUE(tensors.buffers[0].tensor.allclose(x.mean({0, 2, 3}).mul(0.1)));

  norm.set_training(false);
  const at::Tensor before = tensors.buffers[0].tensor.clone();
  EXPECT_GT(norm.forward(x, {}).mean().item<double>(), 1);
  EXPECT_TRUE(before.equal(tensors.buffers[0].tensor));
  EXPECT_EQ(tensors.buffers[2].tensor.item<std::int64_t>(), 1);
}

TEST(Norm, RefusesABatchThatHasNoVariance) {
  ModelTensors tensors;
  Norm norm("layer4.0.bn1", 4, tensors);
  try {
    norm.forward(some({1, 4, 1, 1}), {});
    FAIL() << "a single value per channel was normalised";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("layer4.0.bn1"));
    EXPECT_THAT(error.what(), HasSubstr("larger micro-batch"));
  }
  norm.set_training(false);
  EXPECT_NO_THROW(norm.forward(some({1, 4, 1, 1}), {}));
}

TEST(ConvNorm, AddsTheResidualBeforeItsActivation) {
  ModelTensors tensors;
  ConvNorm unit("conv1", "bn1", {.conv = {.in = 4, .out = 4}}, tensors);
  unit.norm().zero_gain();  // what is left is the residual
  const at::Tensor x = some({2, 4, 3, 3}), residual = some({2, 4, 3, 3});
  EXPECT_TRUE(unit.forward(x, residual).equal(residual.relu()));

  ModelTensors more;
  ConvNorm bare("conv1", "bn1", {.conv = {.in = 4, .out = 4}, .act = Act::none}, more);
  bare.norm().zero_gain();
  EXPECT_TRUE(bare.forward(x, residual).equal(residual));
}

TEST(ConvNorm, LeavesItsInputsAsTheyWere) {
  ModelTensors tensors;
  ConvNorm unit("conv1", "bn1", {.conv = {.in = 4, .out = 4}}, tensors);
  const at::Tensor x = some({2, 4, 3, 3}), residual = some({2, 4, 3, 3});
  const at::Tensor x_before = x.clone(), residual_before = residual.clone();
  unit.forward(x, residual);
  EXPECT_TRUE(x.equal(x_before));
  EXPECT_TRUE(residual.equal(residual_before));
}

TEST(ConvNorm, PoolsTheStem) {
  ModelTensors tensors;
  const ConvOptions conv = {.in = 3, .out = 8, .kernel = 7, .stride = 2, .padding = 3};
  ConvNorm stem("conv1", "bn1", {.conv = conv, .pool = true}, tensors);
  EXPECT_THAT(stem.forward(some({2, 3, 64, 64}), {}).sizes().vec(), ElementsAre(2, 8, 16, 16));
  EXPECT_EQ(stem.describe(), "conv 7x7/2 3->8, norm, relu, max pool 3x3/2");
}

TEST(PoolLinear, IsTheMeanThroughAMatrix) {
  ModelTensors tensors;
  PoolLinear head("fc", 6, 3, tensors);
  EXPECT_THAT(names(tensors.parameters), ElementsAre("fc.weight", "fc.bias"));
  const at::Tensor x = some({2, 6, 4, 4});
  const at::Tensor expected =
      x.mean({2, 3}).mm(tensors.parameters[0].tensor.t()).add(tensors.parameters[1].tensor);
  EXPECT_TRUE(head.forward(x, {}).allclose(expected, 1e-5, 1e-6));
  EXPECT_EQ(head.multiply_adds(x.sizes()), 2 * 6 * 3);
}

TEST(Tap, CallsTheLayerWithWhatItWasGiven) {
  ModelTensors tensors;
  ConvNorm unit("conv1", "bn1", {.conv = {.in = 2, .out = 2}}, tensors);
  unit.norm().zero_gain();
  Tap tap;
  const at::Tensor x = some({1, 2, 4, 4}), residual = at::ones({1, 2, 4, 4}, x.options());
  EXPECT_TRUE(tap("conv1", unit, x, residual).equal(residual));
}

}  // namespace
}  // namespace r50
