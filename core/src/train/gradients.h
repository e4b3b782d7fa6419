#pragma once

// What is done to gradients between the backward pass and the optimizer: scaled back, clipped, and
// looked through for numbers that are not finite.

#include <ATen/core/Tensor.h>

#include "r50/archive.h"

namespace r50::train {

// Scales all gradients by the same factor so that their common norm is at most `limit`, as
// PyTorch's clip_grad_norm_. Returns the norm before, not yet read from the device.
at::Tensor clip_gradients(at::TensorList gradients, double limit);

// True if every number in every floating tensor is finite. Waits for the device; one pass over the
// memory.
bool all_finite(at::TensorList tensors);

// Keeps fp16 gradients in range: the loss is multiplied by a scale that grows while all goes well
// and is halved, the step left out, when a gradient overflows. Same rule and constants as PyTorch's
// GradScaler.
class LossScaler {
 public:
  explicit LossScaler(c10::Device device);

  at::Tensor scaled(const at::Tensor& loss) const;

  // Divides the gradients by the scale and moves the scale. False if one of them is not finite: the
  // step must be left out. This waits for the device.
  bool unscale(at::TensorList gradients);

  void save(Archive& archive) const;
  void load(const Archive& archive);

 private:
  at::Tensor scale_;
  at::Tensor good_steps_;  // since the scale last moved
};

}  // namespace r50::train
