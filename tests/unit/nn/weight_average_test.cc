#include "r50/weight_average.h"

#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include "r50/error.h"

namespace r50 {
namespace {

at::Tensor values(double value) { return at::full({2, 3, 2, 2}, value, at::kFloat); }

ModelTensors some_model(double value) {
  ModelTensors model;
  model.parameters = {{"conv1.weight", values(value).contiguous(at::MemoryFormat::ChannelsLast)}};
  model.parameters[0].tensor.set_requires_grad(true);
  model.buffers = {{"bn1.running_mean", values(value)},
                   {"bn1.num_batches_tracked", at::zeros({}, at::kLong)}};
  return model;
}

void set(ModelTensors& model, double value) {
  const at::NoGradGuard no_gradient;
  model.parameters[0].tensor.fill_(value);
  model.buffers[0].tensor.fill_(value);
}

float weight_of(const WeightAverage& average) {
  return average.tensors().parameters[0].tensor.flatten()[0].item<float>();
}

float mean_of(const WeightAverage& average) {
  return average.tensors().buffers[0].tensor.flatten()[0].item<float>();
}

TEST(WeightAverage, StartsAsACopyThatDoesNotMoveWithTheModel) {
  ModelTensors model = some_model(4);
  WeightAverage average(model, WeightAverage::Buffers::average);
  EXPECT_TRUE(average.tensors().parameters.empty());
  average.add(0.9);
  set(model, 7);
  EXPECT_EQ(average.count(), 1);
  EXPECT_EQ(weight_of(average), 4);
  EXPECT_FALSE(average.tensors().parameters[0].tensor.requires_grad());
  EXPECT_TRUE(average.tensors().parameters[0].tensor.is_contiguous(at::MemoryFormat::ChannelsLast));
}

TEST(WeightAverage, MovesTowardsTheModelByWhatDecayLeaves) {
  ModelTensors model = some_model(0);
  WeightAverage average(model, WeightAverage::Buffers::average);
  average.add(0.75);
  set(model, 8);
  average.add(0.75);
  EXPECT_EQ(weight_of(average), 2);
  EXPECT_EQ(mean_of(average), 2);
}

TEST(WeightAverage, CountsEveryModelTheSame) {
  ModelTensors model = some_model(1);
  WeightAverage average(model, WeightAverage::Buffers::copy);
  for (const double value : {1.0, 2.0, 6.0, 7.0}) {
    set(model, value);
    average.add_evenly();
  }
  EXPECT_EQ(average.count(), 4);
  EXPECT_EQ(weight_of(average), 4);
  EXPECT_EQ(mean_of(average), 7);
}

TEST(WeightAverage, CopiesBuffersWhereItIsToldTo) {
  ModelTensors model = some_model(0);
  WeightAverage average(model, WeightAverage::Buffers::copy);
  average.add(0.75);
  set(model, 8);
  average.add(0.75);
  EXPECT_EQ(weight_of(average), 2);
  EXPECT_EQ(mean_of(average), 8);
}

TEST(WeightAverage, GoesOnFromASavedState) {
  ModelTensors model = some_model(0);
  WeightAverage straight(model, WeightAverage::Buffers::average);
  straight.add(0.5);
  Archive archive;
  straight.save(archive);
  set(model, 8);
  WeightAverage continued(model, WeightAverage::Buffers::average);
  continued.load(archive);
  EXPECT_EQ(continued.count(), 1);
  straight.add(0.5);
  continued.add(0.5);
  EXPECT_EQ(weight_of(continued), 4);
  EXPECT_EQ(weight_of(continued), weight_of(straight));
}

TEST(WeightAverage, GoesBackToAStateFromBeforeItsFirstUpdate) {
  ModelTensors model = some_model(3);
  WeightAverage average(model, WeightAverage::Buffers::average);
  Archive nothing_yet;
  average.save(nothing_yet);
  average.add(0.5);
  average.load(nothing_yet);
  EXPECT_EQ(average.count(), 0);
  EXPECT_TRUE(average.tensors().parameters.empty());
  set(model, 5);
  average.add(0.5);
  set(model, 7);
  average.add(0.5);
  EXPECT_EQ(weight_of(average), 6);
}

TEST(WeightAverage, RefusesTheStateOfAnotherModel) {
  WeightAverage average(some_model(0), WeightAverage::Buffers::average);
  average.add(0.5);
  Archive archive;
  average.save(archive);
  ModelTensors other = some_model(0);
  other.parameters[0].tensor = at::zeros({5}, at::kFloat);
  WeightAverage wrong(other, WeightAverage::Buffers::average);
  EXPECT_THROW(wrong.load(archive), Error);
}

}  // namespace
}  // namespace r50
