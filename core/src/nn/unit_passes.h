#pragma once

// The last pass of a unit's way forward: norm, residual, activation and pool over what the
// convolution left.

#include <ATen/core/Tensor.h>

#include "nn/kernels.h"

namespace r50::nn {

PoolShape pool_shape(const at::Tensor& y);

struct Activated {
  at::Tensor z;
  at::Tensor mark;  // for the backward pass: which values passed the ReLU, or won the pool
};

// `scale` and `shift`: the norm, a number a channel. Without a `graph` nothing is marked.
Activated pooled(const Kernels& kernels, const at::Tensor& y, const float* scale,
                 const float* shift, bool graph);

// `z` may be y: written in place.
Activated activated(const Kernels& kernels, const at::Tensor& y, const at::Tensor& z,
                    const at::Tensor& residual, const float* scale, const float* shift, bool relu,
                    bool graph);

}  // namespace r50::nn
