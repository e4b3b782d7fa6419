#pragma once

// The gradient of a convolution's weights on AMX tiles, divided among the compute threads.

#include <ATen/core/Tensor.h>

#include "nn/weight_gradient_kernel.h"

namespace r50::nn {

// Whether compiler, processor and operating system all have tiles, and nobody forbids them
// (kernel_choice.h).
bool has_weight_gradient_kernel();

// d_rows: [rows, out], x_rows: [rows, in], both bf16; out and in multiples of 32. The result is
// d_rows.t() times x_rows, [out, in] in float. Its bits depend on the number of threads.
// The first form is for where has_weight_gradient_kernel() says so.
at::Tensor weight_gradient(const at::Tensor& d_rows, const at::Tensor& x_rows);
at::Tensor weight_gradient(const WeightGradientKernel& kernel, const at::Tensor& d_rows,
                           const at::Tensor& x_rows);

}  // namespace r50::nn
