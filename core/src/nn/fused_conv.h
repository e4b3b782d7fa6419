#pragma once

// A convolution with all that follows it, by oneDNN: bias, residual and ReLU are applied before the
// output is written.

#include <ATen/core/Tensor.h>

#include "r50/layers.h"

namespace r50::nn {

// Whether this libtorch has the operators and oneDNN is not switched off.
bool has_fused_conv();

// In the order of memory that oneDNN wants for such inputs; inputs of another size are right, too,
// but may cost a change of the order at each call.
at::Tensor packed_weight(const ConvOptions& conv, const at::Tensor& weight, at::IntArrayRef input);

// `x`, `bias` and `residual` (or undefined) of one type and channels-last, `weight` packed.
at::Tensor fused_conv(const ConvOptions& conv, const at::Tensor& x, const at::Tensor& weight,
                      const at::Tensor& bias, const at::Tensor& residual, bool relu);

}  // namespace r50::nn
