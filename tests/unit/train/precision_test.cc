#include "train/forward.h"

#include <ATen/ops/full.h>
#include <ATen/ops/linear.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

#include "support/train/fakes.h"
#include "train/gradients.h"

namespace r50::train::test {
namespace {

const c10::Device cpu("cpu");

at::Tensor product(const at::Tensor& x, const at::Tensor& weight) { return at::linear(x, weight); }

TEST(Autocast, ComputesInThePrecisionAskedForAndOnlyInItsScope) {
  const at::Tensor x = values({2, 8}, 1), weight = values({4, 8}, 2);
  {
    const Autocast autocast(FloatType::bf16, cpu);
    EXPECT_EQ(product(x, weight).scalar_type(), at::kBFloat16);
    const Autocast inner(FloatType::fp32, cpu);
    EXPECT_EQ(product(x, weight).scalar_type(), at::kFloat);
  }
  EXPECT_EQ(product(x, weight).scalar_type(), at::kFloat);
  try {
    const Autocast autocast(FloatType::bf16, cpu);
    throw std::runtime_error("forward failed");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(product(x, weight).scalar_type(), at::kFloat);
}

TEST(CastScope, PassesInsideShareTheCastWeightsAndPassesAfterItSeeChangedOnes) {
  const at::Tensor x = values({2, 8}, 1);
  at::Tensor weight = values({4, 8}, 2).set_requires_grad(true);
  const auto pass = [&] {
    const Autocast autocast(FloatType::bf16, cpu);
    return product(x, weight).detach().clone();
  };
  at::Tensor first;
  {
    const CastScope casts;
    first = pass();
    weight.set_data(weight.detach().mul(2));
    EXPECT_TRUE(pass().equal(first));  // shared: the change is not seen before the scope ends
  }
  EXPECT_TRUE(pass().equal(first.mul(2)));
}

TEST(Precision, TrainsInBf16WithFp32Weights) {
  Bench bench;
  bench.settings.precision = FloatType::bf16;
  EXPECT_EQ(bench.trainer().run(), Outcome::finished);
  for (const auto& [name, parameter] : bench.model->tensors().parameters) {
    EXPECT_EQ(parameter.scalar_type(), at::kFloat) << name;
  }
  // The averaged sets are evaluated with their own weights, not with what autocast remembers.
  const auto& plain = std::get<EvaluationEvent>(bench.run.events[bench.run.events.size() - 4]);
  const auto& ema = std::get<EvaluationEvent>(bench.run.events[bench.run.events.size() - 3]);
  EXPECT_EQ(ema.set, "ema");
  EXPECT_NE(plain.loss, ema.loss);
}

TEST(Precision, Fp16OnACpuIsRefusedWithAWayOut) {
  Bench bench;
  bench.settings.precision = FloatType::fp16;
  try {
    bench.trainer();
    FAIL() << "built";
  } catch (const WrongInput& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("[run] precision"));
  }
}

TEST(LossScaler, UnscalesAndGrowsAfterTwoThousandGoodSteps) {
  LossScaler scaler(cpu);
  const at::Tensor loss = at::full({}, 1.5);
  EXPECT_EQ(scaler.scaled(loss).item<double>(), 1.5 * 65536);
  for (int i = 0; i < 2000; ++i) {
    std::vector<at::Tensor> gradients = {at::full({3}, 65536.0F)};
    ASSERT_TRUE(scaler.unscale(gradients));
    ASSERT_EQ(gradients[0][0].item<float>(), 1);
  }
  EXPECT_EQ(scaler.scaled(loss).item<double>(), 1.5 * 131072);
}

TEST(LossScaler, AnOverflowHalvesTheScaleAndIsTold) {
  LossScaler scaler(cpu);
  std::vector<at::Tensor> gradients = {at::full({2}, 1.0F),
                                       at::full({1}, std::numeric_limits<float>::infinity())};
  EXPECT_FALSE(scaler.unscale(gradients));
  Archive archive;
  scaler.save(archive);
  EXPECT_EQ(archive.real("scale"), 32768);
  LossScaler other(cpu);
  other.load(archive);
  EXPECT_EQ(other.scaled(at::full({}, 1.0)).item<double>(), 32768);
}

}  // namespace
}  // namespace r50::train::test
