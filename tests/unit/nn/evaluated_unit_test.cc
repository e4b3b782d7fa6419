#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <cmath>

#include "nn/kernel_choice.h"
#include "nn/unit.h"
#include "support/nn/unit_case.h"
#include "support/sample.h"

namespace r50::nn::test {
namespace {

class EvaluatedUnit : public OfKernels {};

// The error to fp64 beside that of libtorch's operators under autocast.
TEST_P(EvaluatedUnit, IsAsNearToTheMathematicsAsLibtorch) {
  // At the edge of fp32's own rounding the order of sums decides.
  const double edge = 1e-7, factor = GetParam() == at::kFloat ? 2 : 1.05;
  SCOPED_TRACE(r50::test::repeat_command());
  double fast_sum = 0, aten_sum = 0;
  for (const UnitCase& one : sample_of_cases()) {
    double squares[2] = {0, 0}, of_aten = 0;
    for (const std::uint64_t seed : {1, 2, 3}) {
      const at::Tensor exact = evaluated(one, Way::fp64, GetParam(), seed);
      of_aten += std::pow(relative_error(evaluated(one, Way::aten, GetParam(), seed), exact), 2);
      for (const bool folded : {false, true}) {
        const at::Tensor z = evaluated(one, folded ? Way::folded : Way::kernels, GetParam(), seed);
        ASSERT_TRUE(z.sizes() == exact.sizes()) << one.name();
        ASSERT_TRUE(z.is_contiguous(at::MemoryFormat::ChannelsLast));
        squares[folded] += std::pow(relative_error(z, exact), 2);
      }
    }
    const double aten = std::sqrt(of_aten);
    EXPECT_LE(std::sqrt(squares[0]), factor * aten + edge) << one.name();
    EXPECT_LE(std::sqrt(squares[1]), factor * aten + edge) << one.name() << ", folded";
    fast_sum += std::sqrt(squares[1]);
    aten_sum += aten;
  }
  RecordProperty("folded_by_aten", std::to_string(fast_sum / aten_sum));
  const double of_a_sample = r50::test::long_run() ? 0 : 0.01;  // few cases may lean to one side
  EXPECT_LE(fast_sum, ((GetParam() == at::kFloat ? 1.05 : 1.0) + of_a_sample) * aten_sum);
}

INSTANTIATE_TEST_SUITE_P(Types, EvaluatedUnit, testing::Values(at::kBFloat16, at::kFloat),
                         [](const auto& type) {
                           return type.param == at::kFloat ? "fp32" : "bf16";
                         });

class Folding : public testing::Test {
 protected:
  void SetUp() override {
    const std::string why = no_kernels_because(at::kFloat);
    if (!why.empty()) GTEST_SKIP() << "skipped: " << why;
    unit_.set_training(false);
  }
  at::Tensor output() { return unit_.forward(x_, {}); }
  static at::Tensor some() { return at::randn({2, 32, 4, 4}, at::TensorOptions(at::kFloat)); }

  at::NoGradGuard no_grad_;
  ModelTensors tensors_;
  ConvNorm unit_{"conv", "norm", {.conv = {.in = 32, .out = 32}}, tensors_};
  at::Tensor x_ = some();
};

TEST_F(Folding, ThisLibtorchHasTheOperators) { EXPECT_TRUE(has_fused_conv()); }

TEST_F(Folding, IsDoneAnewForEachScope) {
  at::Tensor before, after;
  {
    const WeightsHeld held;
    before = output();
  }
  tensors_.parameters[0].tensor.mul_(2);
  tensors_.buffers[0].tensor.add_(1);
  {
    const WeightsHeld held;
    after = output();
  }
  EXPECT_FALSE(before.equal(after));
  EXPECT_LT(relative_error(after, output()), 1e-6) << "the same without folding";
}

// As two sets of weights are shown in one evaluation.
TEST_F(Folding, KnowsWeightsThatWereSwappedIn) {
  const WeightsHeld held;
  const at::Tensor own = output();
  at::Tensor& handle = tensors_.parameters[0].tensor;
  const at::Tensor kept = handle.variable_data();
  handle.set_data(kept.mul(2));
  const at::Tensor other = output();
  handle.set_data(kept);
  EXPECT_FALSE(own.equal(other));
  EXPECT_TRUE(own.equal(output()));
}

TEST_F(Folding, IsKeptThroughAnInnerScopeOnly) {
  const WeightsHeld held;
  const at::Tensor first = output();
  { const WeightsHeld inner; }
  // Nobody may do this while weights are held: it shows that the folded ones are still in use.
  tensors_.parameters[0].tensor.mul_(2);
  EXPECT_TRUE(first.equal(output()));
}

// The last batch is smaller, and a larger image comes with another size of evaluation.
TEST_F(Folding, TakesInputsOfOtherSizes) {
  const WeightsHeld held;
  output();
  for (const auto& x : {x_.slice(0, 0, 1), at::randn({3, 32, 9, 7}, x_.options())}) {
    const at::Tensor folded = unit_.forward(x, {});
    allow_fast_step(false);
    EXPECT_LT(relative_error(folded, unit_.forward(x, {})), 1e-6);
    allow_fast_step(true);
  }
}

// Weights that change after the scope's end are seen in training.
TEST_F(Folding, LeavesTrainingAlone) {
  unit_.set_training(true);
  const at::Tensor x = x_.to(at::kBFloat16);
  at::Tensor before;
  {
    const WeightsHeld held;
    before = unit_.forward(x, {});
    EXPECT_TRUE(before.equal(unit_.forward(x, {})));
  }
  tensors_.parameters[0].tensor.neg_();
  EXPECT_FALSE(before.equal(unit_.forward(x, {})));
}

}  // namespace
}  // namespace r50::nn::test
