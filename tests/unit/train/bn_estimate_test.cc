#include "train/evaluator.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "support/train/fakes.h"

namespace r50::train::test {
namespace {

// One norm over the images themselves, whose statistics anybody can compute.
class OnlyNorm final : public Model {
 public:
  explicit OnlyNorm(double momentum) : momentum_(momentum) {
    tensors_.parameters = {{"weight", at::ones({3}, at::kFloat)}};
    tensors_.buffers = {{"running_mean", at::full({3}, 0.7F)},
                        {"running_var", at::full({3}, 1.3F)},
                        {"num_batches_tracked", at::full({}, 40, at::kLong)}};
  }
  at::Tensor forward(const at::Tensor& images, Tap&) override {
    const auto& buffers = tensors_.buffers;
    buffers[2].tensor.add_(1);
    // PyTorch's cumulative average where there is no momentum
    const double factor = momentum_ < 0 ? 1.0 / buffers[2].tensor.item<double>() : momentum_;
    return at::batch_norm(images, {}, {}, buffers[0].tensor, buffers[1].tensor, training_, factor,
                          1e-5, false);
  }
  ModelTensors tensors() override { return tensors_; }
  void set_training(bool training) override { training_ = training; }

 private:
  double momentum_;
  bool training_ = true;
  ModelTensors tensors_;
};

class Estimate : public testing::TestWithParam<double> {};

TEST_P(Estimate, IsTheMeanOfTheBatchesOwnStatistics) {
  Bench bench;
  const auto model = std::make_shared<OnlyNorm>(GetParam());
  bench.parts.model = held<Model>(model);
  Feed feed(bench.estimate, {}, PassKind::estimation, 1, single_world(), c10::Device("cpu"));
  ASSERT_TRUE(estimate_statistics(bench.parts, bench.settings, single_world(), bench.run, feed, 0));

  at::Tensor means = at::zeros({3}, at::kDouble), variances = at::zeros({3}, at::kDouble);
  MicroBatch batch;
  bench.estimate.seek(0, 0);
  while (bench.estimate.next(batch)) {
    const at::Tensor images = batch.images.to(at::kDouble).div(255);
    means.add_(images.mean({0, 2, 3}), 1.0 / 3);
    variances.add_(images.var({0, 2, 3}, /*unbiased=*/true), 1.0 / 3);
  }
  const auto buffers = model->tensors().buffers;
  EXPECT_TRUE(buffers[0].tensor.to(at::kDouble).allclose(means, 2e-6))
      << buffers[0].tensor << means;
  EXPECT_TRUE(buffers[1].tensor.to(at::kDouble).allclose(variances, 2e-6))
      << buffers[1].tensor << variances;
  EXPECT_EQ(buffers[2].tensor.item<std::int64_t>(), 3);
}

// -1: a norm without momentum, which averages over all it has seen.
INSTANTIATE_TEST_SUITE_P(Momenta, Estimate, testing::Values(0.1, 0.01, 0.5, 1.0, -1.0));

TEST(Estimate, AFrozenNormKeepsItsStatistics) {
  Bench bench;
  const auto model = std::make_shared<OnlyNorm>(0.0);
  bench.parts.model = held<Model>(model);
  Feed feed(bench.estimate, {}, PassKind::estimation, 1, single_world(), c10::Device("cpu"));
  ASSERT_TRUE(estimate_statistics(bench.parts, bench.settings, single_world(), bench.run, feed, 0));
  EXPECT_FLOAT_EQ(model->tensors().buffers[0].tensor[1].item<float>(), 0.7F);
  EXPECT_FLOAT_EQ(model->tensors().buffers[1].tensor[1].item<float>(), 1.3F);
}

}  // namespace
}  // namespace r50::train::test
