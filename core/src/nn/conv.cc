#include <ATen/autocast_mode.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>

#include <array>
#include <utility>

#include "nn/init.h"
#include "nn/refuse.h"
#include "r50/layers.h"

namespace r50 {
namespace {

bool in_bf16(const at::Tensor& x) {
  if (x.scalar_type() == at::kBFloat16) return true;
  return at::autocast::is_autocast_enabled(at::kCPU) &&
         at::autocast::get_autocast_dtype(at::kCPU) == at::kBFloat16;
}

}  // namespace

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
  // libtorch 2.13's bf16 weight gradient (oneDNN) reads memory that was never written where a row
  // is narrower than the stride: other bits from run to run, or NaN. Zeros that are a part of the
  // image instead of the padding give the same sums.
  if (x.is_cpu() && options_.kernel > 1 && x.size(3) < options_.stride && in_bf16(x)) {
    const std::int64_t zeros = options_.padding;
    return at::conv2d(at::constant_pad_nd(x, {zeros, zeros}), weight_, {}, stride,
                      {{zeros, std::int64_t{0}}}, dilation, options_.groups);
  }
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
