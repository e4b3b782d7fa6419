#pragma once

#include <ATen/core/Tensor.h>

namespace r50::train {

// Scales all gradients by the same factor so that their common norm is at most `limit`, as
// PyTorch's clip_grad_norm_. Returns the norm before, not yet read from the device.
at::Tensor clip_gradients(at::TensorList gradients, double limit);

// True if every number in every floating tensor is finite. Waits for the device; one pass over the
// memory.
bool all_finite(at::TensorList tensors);

}  // namespace r50::train
