#include <ATen/autocast_mode.h>
#include <ATen/ops/max_pool2d.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "nn/conv_paths.h"
#include "nn/evaluated_unit.h"
#include "nn/fast_step.h"
#include "nn/fast_unit.h"
#include "nn/passes.h"
#include "r50/layers.h"

namespace r50 {

namespace autocast = at::autocast;

namespace {

bool any_learns(std::initializer_list<at::Tensor> tensors) {
  return std::any_of(tensors.begin(), tensors.end(), [](const at::Tensor& tensor) {
    return tensor.defined() && tensor.requires_grad();
  });
}

}  // namespace

ConvNorm::ConvNorm(std::string conv, std::string norm, ConvNormOptions options,
                   ModelTensors& tensors)
    : conv_(std::move(conv), options.conv, tensors),
      norm_(std::move(norm), options.conv.out, tensors),
      options_(options) {}

at::Tensor ConvNorm::forward(const at::Tensor& x, const at::Tensor& residual) {
  return run(x, residual, false).main;
}

Fork ConvNorm::fork(const at::Tensor& x, const at::Tensor& residual) {
  return run(x, residual, true);
}

std::string ConvNorm::on_aten_because(const at::Tensor& x, const at::Tensor& residual,
                                      c10::ScalarType type) const {
  return nn::on_aten_because(options_, x, residual, type);
}

Fork ConvNorm::run(const at::Tensor& x, const at::Tensor& residual, bool forked) {
  const c10::DeviceType device = x.device().type();
  const c10::ScalarType type = autocast::is_autocast_enabled(device)
                                   ? autocast::get_autocast_dtype(device)
                                   : x.scalar_type();
  const bool graph = at::GradMode::is_enabled() &&
                     any_learns({x, residual, conv_.weight(), norm_.weight_, norm_.bias_});
  // The kernels' evaluation has no backward pass.
  if ((!norm_.training_ && graph) || !on_aten_because(x, residual, type).empty()) {
    const at::Tensor y = with_aten(x, residual);
    return {y, y};
  }
  const auto laid_out = [&](const at::Tensor& tensor) {
    return tensor.defined() ? tensor.to(type).contiguous(at::MemoryFormat::ChannelsLast) : tensor;
  };
  const nn::Kernels& kernels = *nn::kernels_for(type);
  const nn::UnitTensors tensors{conv_.weight(), norm_.weight_, norm_.bias_, norm_.running_mean_,
                                norm_.running_var_};
  if (!norm_.training_) {
    const at::Tensor z =
        nn::evaluate_unit(kernels, options_, tensors, laid_out(x), laid_out(residual));
    return {z, z};
  }
  const nn::ConvShape shape(options_.conv, x);
  norm_.count_batch(shape.images * shape.out_pixels());
  return nn::train_unit(kernels, options_, tensors, laid_out(x), laid_out(residual), forked, graph);
}

at::Tensor ConvNorm::with_aten(const at::Tensor& x, const at::Tensor& residual) {
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
