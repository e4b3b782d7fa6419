#include <ATen/core/Tensor.h>
#include <ATen/ops/randn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "nn/fast_step.h"
#include "nn/passes.h"
#include "r50/error.h"
#include "support/nn/unit_case.h"

namespace r50::nn::test {
namespace {

using testing::HasSubstr;

UnitCase plain(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride,
               std::int64_t size) {
  UnitCase one;
  one.options.conv = {
      .in = in, .out = out, .kernel = kernel, .stride = stride, .padding = kernel / 2};
  one.size = size;
  return one;
}

UnitCase with_residual(UnitCase one) {
  one.residual = true;
  one.forked = true;
  return one;
}

UnitCase downsampling(std::int64_t in, std::int64_t out, std::int64_t size) {
  UnitCase one = plain(in, out, 1, 2, size);
  one.options.act = Act::none;
  return one;
}

UnitCase stem(std::int64_t size) {
  UnitCase one = plain(3, 64, 7, 2, size);
  one.options.pool = true;
  one.forked = true;
  return one;
}

UnitCase of_images(std::int64_t images, UnitCase one) {
  one.images = images;
  return one;
}

UnitCase far_from_zero(UnitCase one) {
  one.offset = 8;
  return one;
}

// Every shape of ResNet 18 to 152, and odd ones. The sides are those of images of 64 to 128 px.
std::vector<UnitCase> all_cases() {
  std::vector<UnitCase> cases = {stem(64), stem(37), plain(3, 64, 3, 1, 16)};
  const std::vector<std::int64_t> sides = {16, 16, 8, 4};
  std::int64_t before = 64;
  for (std::size_t stage = 0; stage < sides.size(); ++stage) {
    const std::int64_t width = std::int64_t{64} << stage, wide = 4 * width, side = sides[stage];
    const std::int64_t stride = stage == 0 ? 1 : 2, from = side * stride;
    cases.push_back(plain(before, width, 1, 1, from));
    cases.push_back(plain(width, width, 3, stride, from));
    cases.push_back(plain(width, width, 3, 1, side));
    cases.push_back(with_residual(plain(width, wide, 1, 1, side)));
    cases.push_back(plain(wide, width, 1, 1, side));
    if (stage > 0) {
      cases.push_back(downsampling(before, wide, from));
      cases.push_back(plain(width / 2, width, 3, 2, from));  // ResNet-18's
      cases.push_back(downsampling(width / 2, width, from));
    }
    cases.push_back(with_residual(plain(width, width, 3, 1, side)));
    before = wide;
  }
  cases.push_back(of_images(7, plain(32, 32, 1, 1, 1)));
  cases.push_back(of_images(5, with_residual(plain(64, 32, 3, 1, 1))));
  cases.push_back(of_images(1, plain(64, 96, 3, 2, 9)));
  cases.push_back(of_images(1, with_residual(plain(96, 160, 3, 1, 5))));
  cases.push_back(of_images(3, downsampling(32, 2048, 7)));
  cases.push_back(far_from_zero(plain(64, 64, 3, 1, 14)));
  cases.push_back(far_from_zero(with_residual(plain(64, 256, 1, 1, 14))));
  cases.push_back(far_from_zero(stem(40)));
  return cases;
}

class FastUnit : public testing::TestWithParam<at::ScalarType> {
 protected:
  void SetUp() override {
    const std::string why = no_kernels_because(GetParam());
    if (!why.empty()) GTEST_SKIP() << "skipped: " << why;
  }
};

// Squared errors to fp64, summed over seeds.
struct Errors {
  std::map<std::string, double> fast, aten;
};

// A value of a gradient that rounding moves over the ReLU's edge outweighs thousands of others, and
// it is chance on which way it happens: so small tensors are sent more often.
Errors errors_of(const UnitCase& one, at::ScalarType type) {
  constexpr std::int64_t enough_values = 300'000, most_seeds = 24;
  Errors sums;
  std::int64_t seeds = 1;
  for (std::int64_t seed = 1; seed <= seeds; ++seed) {
    const auto number = static_cast<std::uint64_t>(seed);
    const Results exact = send(one, Way::fp64, type, number);
    const Results aten = send(one, Way::aten, type, number);
    const Results fast = send(one, Way::kernels, type, number);
    seeds = std::min(most_seeds, 1 + enough_values / fast.at("z").numel());
    EXPECT_EQ(fast.size(), exact.size());
    for (const auto& [name, tensor] : fast) {
      EXPECT_TRUE(tensor.sizes() == exact.at(name).sizes()) << name << " of " << one.name();
      sums.fast[name] += std::pow(relative_error(tensor, exact.at(name)), 2);
      sums.aten[name] += std::pow(relative_error(aten.at(name), exact.at(name)), 2);
    }
  }
  return sums;
}

// The error to fp64 of each result, beside that of libtorch's operators under autocast.
TEST_P(FastUnit, IsAsNearToTheMathematicsAsLibtorch) {
  std::map<std::string, std::vector<double>> ratios;
  for (const UnitCase& one : all_cases()) {
    const Errors errors = errors_of(one, GetParam());
    for (const auto& [name, squares] : errors.fast) {
      const double error = std::sqrt(squares), other = std::sqrt(errors.aten.at(name));
      // At the edge of fp32's own rounding the order of sums decides.
      const double edge = 1e-7;
      const double allowed = (GetParam() == at::kFloat ? 1.5 : 1.05) * other + edge;
      EXPECT_LE(error, allowed) << name << " of " << one.name();
      if (other > edge) ratios[name].push_back(error / other);
    }
  }
  if (GetParam() == at::kFloat) return;
  for (const auto& [name, all] : ratios) {
    const double mean =
        std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size());
    RecordProperty(name, std::to_string(mean));
    // The statistics are of the same convolution's output: equal but for the last digits.
    const bool statistics = name == "mean" || name == "variance";
    EXPECT_LE(mean, statistics ? 1.001 : 1.0) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Types, FastUnit, testing::Values(at::kBFloat16, at::kFloat),
                         [](const auto& type) {
                           return type.param == at::kFloat ? "fp32" : "bf16";
                         });

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

TEST_F(FastStep, EvaluatesAsLibtorchDoes) {
  unit_.forward(some().add(1), {});
  unit_.set_training(false);
  const at::Tensor x = some(), residual = some();
  const at::NoGradGuard no_grad;
  const at::Tensor fast = unit_.forward(x, residual);
  allow_fast_step(false);
  const at::Tensor aten = unit_.forward(x, residual);
  allow_fast_step(true);
  EXPECT_LT(relative_error(fast, aten), 1e-6);
  EXPECT_FALSE(fast.equal(aten)) << "both came from the same operators";
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
    return ConvNorm("conv", "norm", options, more).on_aten_because(at::kFloat, device);
  };
  EXPECT_EQ(why({.conv = {.in = 32, .out = 32}}), "");
  EXPECT_EQ(why({.conv = {.in = 32, .out = 32}}, at::kCUDA), "its kernels are for CPUs");
  EXPECT_EQ(why({.conv = {.in = 32, .out = 32, .groups = 32}}), "it has groups");
  EXPECT_EQ(why({.conv = {.in = 32, .out = 48}}), "48 channels are no multiple of 32");
  EXPECT_EQ(why({.conv = {.in = 32, .out = 32}, .act = Act::none, .pool = true}),
            "it pools without a ReLU");
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
