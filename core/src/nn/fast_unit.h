#pragma once

// A whole unit (convolution, norm, residual, activation, pool) on r50's kernels: each activation is
// written and read as few times as the mathematics allow, and one node of the graph holds the unit.

#include <ATen/core/Tensor.h>

#include "nn/kernels.h"
#include "r50/layers.h"

namespace r50::nn {

struct UnitTensors {
  at::Tensor weight, gain, bias, running_mean, running_var;
};

// In all of them `x` is channels-last and of the type that `kernels` are for, `residual` alike (or
// undefined); the weights are fp32 masters.

// Training: normalises by the batch's own statistics and moves the running ones. Without a `graph`
// nothing is kept for a backward pass.
Fork train_unit(const Kernels& kernels, const ConvNormOptions& options, const UnitTensors& tensors,
                const at::Tensor& x, const at::Tensor& residual, bool forked, bool graph);

}  // namespace r50::nn
