#include "r50/loss.h"

#include <ATen/ops/full.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "support/plugins/plugin_under_test.h"

namespace r50::test {
namespace {

using testing::HasSubstr;

double value(const Held<Loss>& loss, const at::Tensor& logits, const at::Tensor& targets) {
  return loss.call([&](auto& it) { return it.value(logits, targets); }).template item<double>();
}

at::Tensor labels() { return at::randint(4, {8}, at::TensorOptions(at::kLong)); }

TEST(CrossEntropy, OfAGuessIsTheLogarithmOfTheClasses) {
  const auto loss = build<Loss>("use = 'cross_entropy'", some_run());
  EXPECT_NEAR(value(loss, at::full({8, 4}, 2.5), labels()), std::log(4.0), 1e-6);
}

TEST(CrossEntropy, TakesMixedTargets) {
  const auto loss = build<Loss>("use = 'cross_entropy'", some_run());
  const at::Tensor logits = at::randn({8, 4}), targets = labels();
  EXPECT_NEAR(value(loss, logits, targets),
              value(loss, logits, at::one_hot(targets, 4).to(at::kFloat)), 1e-6);
}

TEST(CrossEntropy, SmoothingPunishesCertainty) {
  const auto plain = build<Loss>("use = 'cross_entropy'", some_run());
  const auto smooth = build<Loss>("use = 'cross_entropy'\nlabel_smoothing = 0.1", some_run());
  const at::Tensor targets = labels();
  const at::Tensor certain = at::one_hot(targets, 4).to(at::kFloat).mul(30);
  EXPECT_LT(value(plain, certain, targets), 1e-6);
  EXPECT_GT(value(smooth, certain, targets), 1);
}

TEST(CrossEntropy, OfHalfPrecisionLogitsIsFloat) {
  const auto loss = build<Loss>("use = 'cross_entropy'", some_run());
  const at::Tensor logits = at::randn({8, 4}).to(at::kBFloat16), targets = labels();
  const at::Tensor result = loss.call([&](auto& it) { return it.value(logits, targets); });
  EXPECT_EQ(result.scalar_type(), at::kFloat);
  EXPECT_EQ(result.item<double>(), value(loss, logits.to(at::kFloat), targets));
}

TEST(CrossEntropy, RefusesASmoothingAboveOne) {
  EXPECT_THAT(problems(Kind::loss, "use = 'cross_entropy'\nlabel_smoothing = 1.5"),
              HasSubstr("label_smoothing"));
}

}  // namespace
}  // namespace r50::test
