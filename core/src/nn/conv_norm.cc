#include <ATen/ops/max_pool2d.h>

#include <array>
#include <utility>

#include "r50/layers.h"

namespace r50 {

ConvNorm::ConvNorm(std::string conv, std::string norm, ConvNormOptions options,
                   ModelTensors& tensors)
    : conv_(std::move(conv), options.conv, tensors),
      norm_(std::move(norm), options.conv.out, tensors),
      options_(options) {}

at::Tensor ConvNorm::forward(const at::Tensor& x, const at::Tensor& residual) {
  // The norm's output is fresh, and its gradient needs only its input: adding and clipping in place
  // is safe and saves two activations.
  at::Tensor y = norm_.forward(conv_.forward(x, {}), {});
  if (residual.defined()) y.add_(residual);
  if (options_.act == Act::relu) y.relu_();
  if (!options_.pool) return y;
  constexpr std::array<std::int64_t, 2> kernel = {3, 3}, stride = {2, 2}, padding = {1, 1};
  return at::max_pool2d(y, kernel, stride, padding);
}

std::string ConvNorm::describe() const {
  std::string text = conv_.describe() + ", norm";
  if (options_.act == Act::relu) text += ", relu";
  if (options_.pool) text += ", max pool 3x3/2";
  return text;
}

std::int64_t ConvNorm::multiply_adds(at::IntArrayRef input) const {
  return conv_.multiply_adds(input);
}

}  // namespace r50
