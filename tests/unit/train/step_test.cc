#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/stack.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/train/fakes.h"
#include "train/gradients.h"
#include "train/step.h"

namespace r50::train::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

at::Tensor flat(const NamedTensors& tensors) {
  std::vector<at::Tensor> parts;
  for (const auto& [name, tensor] : tensors) parts.push_back(tensor.detach().flatten());
  return at::cat(parts).clone();
}

at::Tensor flat_gradient(const NamedTensors& tensors) {
  std::vector<at::Tensor> parts;
  for (const auto& [name, tensor] : tensors) {
    if (tensor.grad().defined()) parts.push_back(tensor.grad().flatten());
  }
  return at::cat(parts).clone();
}

// A step of its own, without the loop around it.
struct OneStep : Bench {
  OneStep() { settings.clip = 0; }
  StepResult take() {
    Feed feed(train, {}, PassKind::training, settings.facts.seed, *world, c10::Device("cpu"));
    feed.seek(0, 0);
    Stepper stepper(parts, settings, *world, feed);
    return stepper.take({0, settings.facts.length}, {0.1, {}});
  }
  World* world = &single_world();
};

// The gradient that the optimizer is handed.
at::Tensor gradient_of(OneStep& one) {
  at::Tensor gradient;
  const NamedTensors parameters = one.model->tensors().parameters;
  one.optimizer->before_step = [&](Gradients&) { gradient = flat_gradient(parameters); };
  one.take();
  return gradient;
}

TEST(Step, AccumulatedGradientIsTheMeanOverAllImages) {
  OneStep one;
  one.model = std::make_shared<TinyModel>(1, 0, /*norm=*/false);
  one.parts.model = held<Model>(one.model);
  one.optimizer = std::make_shared<Momentum>(one.model->tensors().parameters);
  one.parts.optimizer = held<Optimizer>(one.optimizer);
  const at::Tensor accumulated = gradient_of(one);

  std::vector<at::Tensor> images, targets;
  MicroBatch batch;
  one.train.seek(0, 0);
  for (int i = 0; i < 2 && one.train.next(batch); ++i) {
    images.push_back(batch.images.to(at::kFloat).div(255));
    targets.push_back(batch.targets.clone());
  }
  TinyModel same(1, 0, /*norm=*/false);
  Tap tap;
  at::Tensor loss = at::cross_entropy_loss(same.forward(at::cat(images), tap), at::cat(targets));
  loss.backward();
  EXPECT_TRUE(accumulated.allclose(flat_gradient(same.tensors().parameters), 1e-5, 1e-7));
}

TEST(Step, LeavesNoGradientBehind) {
  OneStep one;
  one.take();
  for (const auto& [name, parameter] : one.model->tensors().parameters) {
    EXPECT_FALSE(parameter.grad().defined()) << name;
  }
}

TEST(Step, ClipsByTheCommonNormOfAllGradients) {
  OneStep free, clipped;
  const at::Tensor gradient = gradient_of(free);
  const double norm = at::linalg_vector_norm(gradient).item<double>();
  clipped.settings.clip = norm / 3;
  at::Tensor shortened;
  clipped.optimizer->before_step = [&](Gradients&) {
    shortened = flat_gradient(clipped.model->tensors().parameters);
  };
  const StepResult result = clipped.take();
  EXPECT_NEAR(result.grad_norm.item<double>(), norm, 1e-6 * norm);
  EXPECT_TRUE(shortened.allclose(gradient.div(3), 1e-4, 1e-8));
}

TEST(Clip, EqualsTorchToTheLastDigit) {
  for (const double limit : {0.5, 1e6}) {
    std::vector<at::Tensor> mine = {values({5, 3}, 1), values({7}, 2)};
    std::vector<at::Tensor> norms, torchs;
    for (const at::Tensor& gradient : mine) {
      norms.push_back(at::linalg_vector_norm(gradient));
      torchs.push_back(gradient.clone());
    }
    // torch.nn.utils.clip_grad_norm_; dividing by a tensor is reciprocal and product there
    const at::Tensor total = at::linalg_vector_norm(at::stack(norms));
    const at::Tensor factor = total.add(1e-6).reciprocal().mul(limit).clamp_max(1.0);
    EXPECT_TRUE(clip_gradients(mine, limit).equal(total));
    for (std::size_t i = 0; i < mine.size(); ++i) {
      EXPECT_TRUE(mine[i].equal(torchs[i].mul(factor))) << limit;
    }
  }
}

TEST(Again, SeesTheSameBatchesAndTheSameDropout) {
  OneStep one;
  one.optimizer->again = true;
  at::Tensor first, second;
  double loss = 0;
  const ModelTensors tensors = one.model->tensors();
  one.optimizer->before_step = [&](Gradients& gradients) {
    first = flat_gradient(tensors.parameters);
    loss = gradients.again();
    second = flat_gradient(tensors.parameters);
  };
  const StepResult result = one.take();
  EXPECT_TRUE(first.equal(second));
  EXPECT_NEAR(loss, result.loss.item<double>(), 1e-6);
}

TEST(Again, TheNormsSeeEachBatchOnce) {
  OneStep once, twice;
  twice.optimizer->again = true;
  twice.optimizer->before_step = [&](Gradients& gradients) {
    for (const auto& [name, parameter] : twice.model->tensors().parameters) parameter.mul_(1.5);
    gradients.again();
  };
  once.take();
  twice.take();
  const auto buffers = twice.model->tensors().buffers;
  EXPECT_EQ(buffers[2].tensor.item<std::int64_t>(), 2);
  EXPECT_TRUE(flat(buffers).equal(flat(once.model->tensors().buffers)));
}

TEST(Again, AnOptimizerThatDidNotSayItWouldAskIsToldSo) {
  OneStep one;
  one.optimizer->before_step = [](Gradients& gradients) { gradients.again(); };
  try {
    one.take();
    FAIL() << "it got gradients";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("wants_again"));
  }
}

// Two ranks that always do the same.
class Twins final : public World {
 public:
  std::int64_t rank() const override { return 0; }
  std::int64_t size() const override { return 2; }
  void sum(at::Tensor& tensor) override { tensor.mul_(2); }
  void broadcast(at::Tensor&) override {}
  bool agree(bool wish) override { return wish; }
};

TEST(Ranks, TwoThatSeeTheSameTrainAsOne) {
  OneStep alone, twin;
  Twins world;
  twin.world = &world;
  const StepResult one = alone.take(), two = twin.take();
  EXPECT_TRUE(
      flat(alone.model->tensors().parameters).equal(flat(twin.model->tensors().parameters)));
  EXPECT_EQ(one.loss.item<double>(), two.loss.item<double>());
  EXPECT_EQ(two.images, 2 * one.images);
}

// Notes the first number that each batch is given.
class Noting final : public BatchStage {
 public:
  void apply(MicroBatch&, Random& random) const override { numbers.push_back(random.bits()); }
  mutable std::vector<std::uint32_t> numbers;
};

TEST(Feed, AStageWorksInItsWindowOnlyAndDrawsByPosition) {
  TinySource source(6, 4);
  const auto stage = std::make_shared<Noting>();
  Feed feed(source, {{held<BatchStage>(stage), augmentation_stream("spy"), 12, 15}},
            PassKind::training, 9, single_world(), c10::Device("cpu"));
  MicroBatch batch;
  feed.seek(2, 0);
  for (std::int64_t number = 12; feed.next(batch, number); ++number) {
  }
  const std::vector<std::uint32_t> all = stage->numbers;
  ASSERT_EQ(all.size(), 3);
  EXPECT_NE(all[0], all[1]);
  stage->numbers.clear();
  feed.seek(2, 1);
  feed.next(batch, 13);
  EXPECT_THAT(stage->numbers, ElementsAre(all[1]));
  Random expected({9, augmentation_stream("spy"), 2, 1, 0});
  EXPECT_EQ(all[1], expected.bits());
}

TEST(Feed, BytesThatNoStageTookBecomeNumbersBetweenZeroAndOne) {
  TinySource source(1, 4);
  Feed feed(source, {}, PassKind::training, 9, single_world(), c10::Device("cpu"));
  MicroBatch batch, raw;
  feed.seek(0, 0);
  ASSERT_TRUE(feed.next(batch, 0));
  source.seek(0, 0);
  source.next(raw);
  EXPECT_TRUE(batch.images.equal(raw.images.to(at::kFloat).div(255)));
  EXPECT_TRUE(batch.images.is_contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_FALSE(feed.next(batch, 1));
}

}  // namespace
}  // namespace r50::train::test
