#pragma once

// Whether units (ConvNorm) may use the kernels of r50 in place of ATen's. One setting for the whole
// process, made before the first forward pass.

#include <ATen/core/Tensor.h>

#include <string>

#include "r50/layers.h"

namespace r50::nn {

void allow_fast_step(bool allowed);  // [run] step = "auto" allows it, "aten" does not
bool fast_step_allowed();

// Why such a unit is on ATen for these inputs and activations of that type; empty if it is not.
std::string on_aten_because(const ConvNormOptions& options, const at::Tensor& x,
                            const at::Tensor& residual, at::ScalarType type);

}  // namespace r50::nn
