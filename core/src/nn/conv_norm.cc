// The unit that models are built of: whether r50's kernels can take it, or else ATen's operators.

#include <ATen/autocast_mode.h>
#include <ATen/ops/max_pool2d.h>
#include <absl/strings/str_format.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "nn/conv_paths.h"
#include "nn/kernel_choice.h"
#include "nn/unit.h"
#include "r50/layers.h"

namespace r50 {

namespace autocast = at::autocast;

namespace {

bool any_learns(std::initializer_list<at::Tensor> tensors) {
  return std::any_of(tensors.begin(), tensors.end(), [](const at::Tensor& tensor) {
    return tensor.defined() && tensor.requires_grad();
  });
}

// All other inputs are libtorch's business, which broadcasts them or says what is wrong; the
// kernels would read beyond their ends.
bool fits(const ConvNormOptions& options, const at::Tensor& x, const at::Tensor& residual) {
  if (x.dim() != 4 || x.size(1) != options.conv.in || x.numel() == 0) return false;
  const nn::ConvShape shape(options.conv, x);
  if (shape.out_height < 1 || shape.out_width < 1) return false;
  if (!residual.defined()) return true;
  const std::array sizes = {shape.images, shape.out, shape.out_height, shape.out_width};
  return !options.pool && residual.sizes() == at::IntArrayRef(sizes);
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
  if (!nn::fast_step_allowed()) return "[run] step is \"aten\"";
  if (!x.is_cpu()) return "its kernels are for CPUs";
  if (options_.conv.groups != 1) return "it has groups";
  if (options_.conv.out % nn::channel_multiple != 0) {
    return absl::StrFormat("%d channels are no multiple of %d", options_.conv.out,
                           nn::channel_multiple);
  }
  if (options_.pool && options_.act != Act::relu) return "it pools without a ReLU";
  if (!fits(options_, x, residual)) return "its inputs do not fit it or each other";
  return nn::no_kernels_because(type);
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
