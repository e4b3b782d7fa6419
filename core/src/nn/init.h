#pragma once

// Initial weights, drawn from torch's default generator number for number as torch.nn.init does.

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace r50::nn {

// What Conv2d and Linear start with: kaiming_uniform_(a = sqrt(5)), fan-in being the inputs that
// one output sees.
void kaiming_uniform(at::Tensor& weight, std::int64_t fan_in);

// What the bias of a Linear starts with.
void bias_uniform(at::Tensor& bias, std::int64_t fan_in);

}  // namespace r50::nn
