#include "train/summary.h"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/linear.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "support/train/fakes.h"

namespace r50::train::test {
namespace {

using testing::ElementsAre;

// Two layers, the first of which adds its weight twice, and a head without a weight of its own.
class Plane final : public Layer {
 public:
  explicit Plane(at::Tensor weight) : weight_(std::move(weight)) {}
  at::Tensor forward(const at::Tensor& x, const at::Tensor&) override {
    constexpr std::array<std::int64_t, 2> stride = {2, 2}, padding = {1, 1};
    return at::conv2d(x, weight_.add(weight_), {}, stride, padding).relu_();
  }
  std::string describe() const override { return "plane"; }
  std::int64_t multiply_adds(at::IntArrayRef input) const override { return input[2] * 10; }

 private:
  at::Tensor weight_;
};

class Pool final : public Layer {
 public:
  at::Tensor forward(const at::Tensor& x, const at::Tensor& residual) override {
    return x.add(residual).mean({2, 3});
  }
  std::string describe() const override { return "pool"; }
};

class TwoLayers final : public Model {
 public:
  at::Tensor forward(const at::Tensor& images, Tap& tap) override {
    const at::Tensor x = tap("body.plane", plane_, images);
    return tap("pool", pool_, x, x);
  }
  ModelTensors tensors() override { return {{{"body.weight", weight_}}, {}}; }
  void set_training(bool training) override { in_training = training; }
  bool in_training = true;

 private:
  at::Tensor weight_ = values({classes, 3, 3, 3}, 1).set_requires_grad(true);
  Plane plane_{weight_};
  Pool pool_;
};

TEST(Summary, TellsEachLayerAndTheSums) {
  const auto model = std::make_shared<TwoLayers>();
  const ModelSummary summary = summarize(held<Model>(model), 3, 8, c10::kFloat);
  ASSERT_EQ(summary.layers.size(), 2);
  EXPECT_EQ(summary.layers[0].name, "body.plane");
  EXPECT_EQ(summary.layers[0].what, "plane");
  EXPECT_THAT(summary.layers[0].output, ElementsAre(1, classes, 4, 4));
  EXPECT_EQ(summary.layers[0].parameters, classes * 27);
  EXPECT_EQ(summary.layers[0].multiply_adds, 80);
  EXPECT_EQ(summary.layers[1].parameters, 0);
  EXPECT_THAT(summary.layers[1].output, ElementsAre(1, classes));
  EXPECT_EQ(summary.parameters, classes * 27);
  EXPECT_EQ(summary.multiply_adds, 80);
  EXPECT_TRUE(model->in_training);
}

}  // namespace
}  // namespace r50::train::test
