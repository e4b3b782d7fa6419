#pragma once

#include "nn/fast_unit.h"

namespace r50::nn {

// A unit's forward pass in evaluation, without a graph; the tensors as in fast_unit.h. While
// weights are held (held_weights.h) the norm is folded into them, and where this libtorch can, one
// call of oneDNN does all; else the norm is a scale and a shift after the convolution.
at::Tensor evaluate_unit(const Kernels& kernels, const ConvNormOptions& options,
                         const UnitTensors& tensors, const at::Tensor& x,
                         const at::Tensor& residual);

}  // namespace r50::nn
