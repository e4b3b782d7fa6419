#include "train/model_weights.h"

#include <ATen/Context.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "support/train/fakes.h"

namespace r50::train::test {
namespace {

ModelTensors doubled(const ModelTensors& model) {
  ModelTensors set;
  for (const auto& [name, tensor] : model.parameters) {
    set.parameters.push_back({name, tensor.detach().mul(2)});
  }
  for (const auto& [name, tensor] : model.buffers) set.buffers.push_back({name, tensor.clone()});
  return set;
}

TEST(MoveTo, TheModelComputesWhereItsTensorsHaveGone) {
  if (!at::hasCUDA()) GTEST_SKIP() << "no GPU";
  TinyModel model(1);
  const at::NoGradGuard no_grad;
  const ModelTensors tensors = model.tensors();
  const at::Tensor images = values({2, 3, pixels, pixels}, 5);
  const auto strides = tensors.parameters[0].tensor.strides().vec();
  Tap tap;
  model.set_training(false);
  const at::Tensor here = model.forward(images, tap);
  move_to(tensors, at::kCUDA);
  for (const NamedTensor& parameter : tensors.parameters) {
    EXPECT_TRUE(parameter.tensor.is_cuda() && parameter.tensor.requires_grad()) << parameter.name;
  }
  EXPECT_EQ(tensors.parameters[0].tensor.strides().vec(), strides) << "still channels-last";
  EXPECT_TRUE(model.forward(images.to(at::kCUDA), tap).to(at::kCPU).allclose(here, 1e-3, 1e-4));
}

TEST(WeightsInUse, TheModelComputesWithTheSetAndThenWithItsOwnAgain) {
  TinyModel model(1, 0, /*norm=*/false);
  const at::NoGradGuard no_grad;
  const ModelTensors tensors = model.tensors(), set = doubled(tensors);
  const at::Tensor image = values({1, 3, pixels, pixels}, 5);
  Tap tap;
  const at::Tensor before = model.forward(image, tap);
  const void* memory = tensors.parameters[0].tensor.const_data_ptr();
  {
    const WeightsInUse use(tensors, set);
    EXPECT_EQ(tensors.parameters[0].tensor.const_data_ptr(),
              set.parameters[0].tensor.const_data_ptr());
    EXPECT_FALSE(model.forward(image, tap).equal(before));
    EXPECT_TRUE(tensors.parameters[0].tensor.requires_grad());
  }
  EXPECT_EQ(tensors.parameters[0].tensor.const_data_ptr(), memory);
  EXPECT_TRUE(model.forward(image, tap).equal(before));
}

TEST(WeightsInUse, WhatTheModelWritesGoesToTheSet) {
  TinyModel model(1);
  const at::NoGradGuard no_grad;
  const ModelTensors tensors = model.tensors(), set = doubled(tensors);
  Tap tap;
  {
    const WeightsInUse use(tensors, set);
    model.forward(values({2, 3, pixels, pixels}, 5), tap);
  }
  EXPECT_EQ(set.buffers[2].tensor.item<std::int64_t>(), 1);
  EXPECT_EQ(tensors.buffers[2].tensor.item<std::int64_t>(), 0);
  EXPECT_NE(set.buffers[0].tensor[0].item<float>(), 0);
  EXPECT_EQ(tensors.buffers[0].tensor[0].item<float>(), 0);
}

TEST(WeightsInUse, RestoredWhenTheScopeIsLeftByAnException) {
  TinyModel model(1);
  const ModelTensors tensors = model.tensors();
  const void* memory = tensors.parameters[3].tensor.const_data_ptr();
  try {
    const WeightsInUse use(tensors, doubled(tensors));
    throw std::runtime_error("evaluation failed");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(tensors.parameters[3].tensor.const_data_ptr(), memory);
}

TEST(WeightsInUse, ASetThatDoesNotFitChangesNothing) {
  TinyModel model(1);
  const ModelTensors tensors = model.tensors();
  const void* memory = tensors.parameters[0].tensor.const_data_ptr();
  ModelTensors set = doubled(tensors);
  set.buffers[1].tensor = values({5}, 1);
  EXPECT_THROW(WeightsInUse(tensors, set), Error);
  EXPECT_EQ(tensors.parameters[0].tensor.const_data_ptr(), memory);
}

TEST(WeightsInUse, TrainingGoesOnAfterwards) {
  TinyModel model(1, 0);
  const ModelTensors tensors = model.tensors();
  const at::Tensor image = values({2, 3, pixels, pixels}, 5);
  Tap tap;
  const auto gradient = [&] {
    for (auto [name, parameter] : tensors.parameters) parameter.mutable_grad().reset();
    at::Tensor loss = model.forward(image, tap).pow(2).sum();
    loss.backward();
    return tensors.parameters[0].tensor.grad().clone();
  };
  const at::Tensor before = gradient();
  { const WeightsInUse use(tensors, doubled(tensors)); }
  EXPECT_TRUE(gradient().equal(before));
}

}  // namespace
}  // namespace r50::train::test
