#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/randn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <utility>
#include <vector>

#include "nn/kernel_choice.h"
#include "r50/error.h"
#include "support/nn/unit_case.h"

namespace r50::nn::test {
namespace {

using testing::HasSubstr;

class FastStep : public testing::Test {
 protected:
  void SetUp() override {
    const std::string why = no_kernels_because(at::kFloat);
    if (!why.empty()) GTEST_SKIP() << "skipped: " << why;
  }
  ModelTensors tensors_;
  ConvNorm unit_{"conv", "norm", {.conv = {.in = 32, .out = 32}}, tensors_};
  static at::Tensor some() {
    return at::randn({2, 32, 4, 4}, at::TensorOptions(at::kFloat))
        .contiguous(at::MemoryFormat::ChannelsLast);
  }
};

TEST_F(FastStep, LeavesAGradientThatSomebodyHolds) {
  for (const bool residual : {false, true}) {
    const at::Tensor z = unit_.forward(some(), residual ? some() : at::Tensor());
    const at::Tensor gradient = some(), before = gradient.clone();
    z.backward(gradient);
    EXPECT_TRUE(gradient.equal(before));
  }
}

TEST_F(FastStep, LeavesAGradientThatAHookKept) {
  ModelTensors more;
  ConvNorm second("conv", "norm", {.conv = {.in = 32, .out = 32}}, more);
  const at::Tensor z = unit_.forward(some(), {});
  at::Tensor seen, copy;
  z.register_hook([&](const at::Tensor& gradient) {
    seen = gradient;
    copy = gradient.clone();
  });
  z.retain_grad();
  second.forward(z, {}).sum().backward();
  EXPECT_TRUE(seen.equal(copy));
  EXPECT_TRUE(z.grad().equal(copy));
}

TEST_F(FastStep, GivesTheSameGradientsASecondTime) {
  const at::Tensor x = some().set_requires_grad(true), residual = some();
  const at::Tensor z = unit_.forward(x, residual);
  const at::Tensor gradient = some();
  z.backward(gradient, /*retain_graph=*/true);
  const at::Tensor first = x.grad().clone();
  x.mutable_grad().reset();
  z.backward(gradient);
  EXPECT_TRUE(x.grad().equal(first));
}

TEST_F(FastStep, RefusesGradientsOfGradients) {
  const at::Tensor x = some().set_requires_grad(true);
  const at::Tensor z = unit_.forward(x, {}).sum();
  try {
    torch::autograd::grad({z}, {x}, {}, true, /*create_graph=*/true);
    FAIL() << "a graph of the backward pass was made";
  } catch (const std::exception& error) {
    EXPECT_THAT(error.what(), HasSubstr("[run] step = \"aten\""));
  }
  allow_fast_step(false);
  const at::Tensor y = unit_.forward(x, {}).sum();
  EXPECT_NO_THROW(torch::autograd::grad({y}, {x}, {}, true, true));
  allow_fast_step(true);
}

TEST_F(FastStep, HoldsTheStatisticsOnBothPaths) {
  for (const bool fast : {true, false}) {
    allow_fast_step(fast);
    std::vector<at::Tensor> before;
    for (const auto& [name, buffer] : tensors_.buffers) before.push_back(buffer.clone());
    const at::Tensor x = some();
    at::Tensor held;
    {
      const StatisticsHeld hold;
      held = unit_.forward(x, {});
    }
    for (std::size_t i = 0; i < before.size(); ++i) {
      EXPECT_TRUE(before[i].equal(tensors_.buffers[i].tensor)) << tensors_.buffers[i].name;
    }
    EXPECT_TRUE(unit_.forward(x, {}).equal(held)) << "the batch's own statistics count";
    EXPECT_FALSE(before[0].equal(tensors_.buffers[0].tensor));
  }
  allow_fast_step(true);
}

// In evaluation with a graph, as Grad-CAM wants it, there is a gradient.
TEST_F(FastStep, HasGradientsInEvaluation) {
  unit_.set_training(false);
  const at::Tensor x = some().set_requires_grad(true);
  unit_.forward(x, {}).sum().backward();
  EXPECT_TRUE(x.grad().defined());
}

TEST_F(FastStep, StaysAwayFromWhatItsKernelsDoNotCover) {
  ModelTensors more;
  const auto why = [&](ConvNormOptions options, at::DeviceType device = at::kCPU) {
    const at::Tensor x = at::empty({1, 32, 4, 4}, at::TensorOptions(at::kFloat).device(device));
    return ConvNorm("conv", "norm", options, more).on_aten_because(x, {}, at::kFloat);
  };
  EXPECT_EQ(why({.conv = {.in = 32, .out = 32}}), "");
  EXPECT_EQ(why({.conv = {.in = 32, .out = 32}}, at::kMeta), "its kernels are for CPUs");
  EXPECT_EQ(why({.conv = {.in = 32, .out = 32, .groups = 32}}), "it has groups");
  EXPECT_EQ(why({.conv = {.in = 32, .out = 48}}), "48 channels are no multiple of 32");
  EXPECT_EQ(why({.conv = {.in = 32, .out = 32}, .act = Act::none, .pool = true}),
            "it pools without a ReLU");
  EXPECT_EQ(why({.conv = {.in = 64, .out = 32}}), "its inputs do not fit it or each other");
}

// What does not fit goes to libtorch, which broadcasts it or says what is wrong.
TEST_F(FastStep, LeavesInputsThatDoNotFitToLibtorch) {
  const auto same = [&](ConvNorm& unit, const at::Tensor& x, const at::Tensor& residual) {
    const StatisticsHeld hold;
    const at::Tensor fast = unit.forward(x, residual);
    allow_fast_step(false);
    const at::Tensor aten = unit.forward(x, residual);
    allow_fast_step(true);
    return fast.equal(aten);
  };
  const at::Tensor row = at::randn({1, 32, 1, 1}, at::TensorOptions(at::kFloat));
  EXPECT_TRUE(same(unit_, some(), row)) << "a residual that is broadcast";
  EXPECT_ANY_THROW(unit_.forward(some(), some().slice(2, 0, 2)));
  EXPECT_ANY_THROW(unit_.forward(some().slice(1, 0, 16), {})) << "too few channels";
  EXPECT_ANY_THROW(unit_.forward(some().select(0, 0).select(0, 0), {}));

  ModelTensors more;
  ConvNorm pooling("conv", "norm", {.conv = {.in = 32, .out = 32}, .pool = true}, more);
  EXPECT_TRUE(same(pooling, some(), some())) << "a residual before a pool";
}

TEST_F(FastStep, TakesAnyLayoutAndAnyOblong) {
  const auto oblong = [](std::int64_t height, std::int64_t width) {
    return at::randn({3, 32, height, width}, at::TensorOptions(at::kFloat));
  };
  for (const auto& [x, residual] :
       {std::pair{oblong(5, 2), oblong(5, 2)}, {oblong(2, 9), oblong(2, 9).to(at::kBFloat16)}}) {
    const at::Tensor before = x.clone();
    const StatisticsHeld hold;
    const at::Tensor fast = unit_.forward(x, residual);
    allow_fast_step(false);
    const at::Tensor aten = unit_.forward(x, residual.to(at::kFloat));
    allow_fast_step(true);
    EXPECT_LT(relative_error(fast, aten), 1e-5);
    EXPECT_TRUE(x.equal(before));
  }
}

TEST_F(FastStep, LearnsWhatIsNotFrozen) {
  const auto parameter = [&](std::size_t i) { return tensors_.parameters[i].tensor; };
  parameter(0).set_requires_grad(false);
  for (const bool training : {true, false}) {
    unit_.set_training(training);
    unit_.forward(some(), {}).square().sum().backward();
    EXPECT_FALSE(parameter(0).grad().defined());
    EXPECT_TRUE(parameter(1).grad().defined()) << "gain, training " << training;
    parameter(1).mutable_grad().reset();
  }
}

// Watches outputs as Grad-CAM and recomputation do.
class Watching final : public Tap {
 public:
  at::Tensor operator()(std::string_view, Layer& layer, const at::Tensor& x,
                        const at::Tensor& residual) override {
    seen = layer.forward(x, residual);
    seen.retain_grad();
    return seen;
  }
  at::Tensor seen;
};

TEST_F(FastStep, ForksAreOneTensorToATapThatWatches) {
  const at::Tensor x = some().set_requires_grad(true);
  const at::Tensor one = some(), other = some();
  const auto gradient = [&](Tap& tap) {
    x.mutable_grad().reset();
    const Fork fork = tap.fork("unit", unit_, x);
    fork.main.mul(one).sum().add(fork.shortcut.mul(other).sum()).backward();
    return x.grad().clone();
  };
  Tap bare;
  Watching watching;
  const at::Tensor fused = gradient(bare), summed = gradient(watching);
  EXPECT_LT(relative_error(fused, summed), 1e-6);
  EXPECT_TRUE(watching.seen.grad().allclose(one.add(other)));
}

}  // namespace
}  // namespace r50::nn::test
