#pragma once

// What units derive from their weights: casts to the activations' type, norms folded into them, the
// order in memory that a convolution wants. Made again at each pass, unless an object promises that
// the weights stay as they are (WeightsHeld).

#include <ATen/core/Tensor.h>

#include <functional>

namespace r50::nn {

// On the calling thread, see WeightsHeld.
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
