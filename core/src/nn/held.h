#pragma once

// What the open scopes of the calling thread promise (StatisticsHeld and WeightsHeld of
// r50/layers.h), and what units derive from weights that stay as they are: casts to the
// activations' type, and norms folded into them in the order of memory that a convolution wants.
// Without that promise each pass derives them again.

#include <ATen/core/Tensor.h>

#include <functional>

namespace r50::nn {

bool statistics_held();
bool weights_held();

// In that type; fp32 masters of fp32 activations are themselves.
at::Tensor cast_weight(const at::Tensor& weight, at::ScalarType type);

// A convolution and the norm after it as one convolution with a bias.
struct FoldedConv {
  at::Tensor weight;  // perhaps in an order that only oneDNN knows
  at::Tensor bias;
};

// The one of this weight and type, `make` being called where none is kept. Only while weights are
// held.
const FoldedConv& folded_conv(const at::Tensor& weight, at::ScalarType type,
                              const std::function<FoldedConv()>& make);

}  // namespace r50::nn
