#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>

#include <array>
#include <utility>

#include "nn/init.h"
#include "nn/refuse.h"
#include "r50/layers.h"

namespace r50 {

Conv::Conv(std::string name, ConvOptions options, ModelTensors& tensors) : options_(options) {
  const std::int64_t in = options.in / options.groups;
  // Channels-last masters give channels-last gradients, so the optimizer never re-orders them.
  weight_ = at::empty({options.out, in, options.kernel, options.kernel},
                      at::TensorOptions(at::kFloat), at::MemoryFormat::ChannelsLast);
  nn::kaiming_uniform(weight_, in * options.kernel * options.kernel);
  weight_.set_requires_grad(true);
  tensors.parameters.push_back({std::move(name) + ".weight", weight_});
}

at::Tensor Conv::forward(const at::Tensor& x, const at::Tensor& residual) {
  nn::refuse_residual(residual, describe());
  const std::array stride = {options_.stride, options_.stride};
  const std::array padding = {options_.padding, options_.padding};
  const std::array<std::int64_t, 2> dilation = {1, 1};
  return at::conv2d(x, weight_, {}, stride, padding, dilation, options_.groups);
}

std::string Conv::describe() const {
  const std::string kernel = std::to_string(options_.kernel);
  std::string text = "conv " + kernel + "x" + kernel;
  if (options_.stride != 1) text += "/" + std::to_string(options_.stride);
  text += " " + std::to_string(options_.in) + "->" + std::to_string(options_.out);
  if (options_.groups != 1) text += " in " + std::to_string(options_.groups) + " groups";
  return text;
}

std::int64_t Conv::multiply_adds(at::IntArrayRef input) const {
  const auto places = [this](std::int64_t size) {
    return (size + 2 * options_.padding - options_.kernel) / options_.stride + 1;
  };
  return input[0] * places(input[2]) * places(input[3]) * weight_.numel();
}

}  // namespace r50
