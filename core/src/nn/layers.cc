// The layers that are a call or two of ATen's operators, and the values they start with.

#include "r50/layers.h"

#include <ATen/autocast_mode.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <c10/core/GradMode.h>

#include <array>
#include <cmath>
#include <typeinfo>
#include <utility>

#include "nn/held.h"
#include "nn/unit.h"
#include "r50/error.h"

namespace r50 {
namespace {

// torch gives a contiguous tensor's elements their numbers in order, and a channels-last one's in
// the order of its memory. The numbers shall not depend on our memory format.
template <class Draw>
void draw_contiguous(at::Tensor& weight, Draw draw) {
  const at::NoGradGuard no_gradient;
  if (weight.is_contiguous()) {  // vectors, matrices and 1x1 kernels, whatever their format
    draw(weight);
    return;
  }
  at::Tensor values = at::empty(weight.sizes(), weight.options());
  draw(values);
  weight.copy_(values);
}

// What Conv2d and Linear start with, number for number: kaiming_uniform_(a = sqrt(5)), fan-in being
// the inputs that one output sees.
void kaiming_uniform(at::Tensor& weight, std::int64_t fan_in) {
  const double slope = std::sqrt(5.0);
  const double gain = std::sqrt(2.0 / (1.0 + slope * slope));
  const double bound = std::sqrt(3.0) * (gain / std::sqrt(static_cast<double>(fan_in)));
  draw_contiguous(weight, [bound](at::Tensor& values) { values.uniform_(-bound, bound); });
}

// What the bias of a Linear starts with.
void bias_uniform(at::Tensor& bias, std::int64_t fan_in) {
  const double bound = 1.0 / std::sqrt(static_cast<double>(fan_in));
  draw_contiguous(bias, [bound](at::Tensor& values) { values.uniform_(-bound, bound); });
}

// A layer that would silently drop a residual hides a mistake in a model.
void refuse_residual(const at::Tensor& residual, const std::string& layer) {
  if (!residual.defined()) return;
  throw Error(
      absl::StrFormat("The layer '%s' was given a residual but adds none. Give it to the ConvNorm "
                      "at the end of the block, which adds it before its activation.",
                      layer));
}

bool in_bf16(const at::Tensor& x) {
  if (x.scalar_type() == at::kBFloat16) return true;
  return at::autocast::is_autocast_enabled(at::kCPU) &&
         at::autocast::get_autocast_dtype(at::kCPU) == at::kBFloat16;
}

}  // namespace

void kaiming_normal(NamedTensors& parameters) {
  for (NamedTensor& parameter : parameters) {
    at::Tensor& weight = parameter.tensor;
    if (weight.dim() != 4) continue;
    const std::int64_t fan_out = weight.size(0) * weight.size(2) * weight.size(3);
    const double deviation = std::sqrt(2.0) / std::sqrt(static_cast<double>(fan_out));
    draw_contiguous(weight, [deviation](at::Tensor& values) { values.normal_(0, deviation); });
  }
}

Layer::~Layer() = default;
Tap::~Tap() = default;

Fork Layer::fork(const at::Tensor& x, const at::Tensor& residual) {
  const at::Tensor y = forward(x, residual);
  return {y, y};
}

at::Tensor Tap::operator()(std::string_view, Layer& layer, const at::Tensor& x,
                           const at::Tensor& residual) {
  return layer.forward(x, residual);
}

Fork Tap::fork(std::string_view name, Layer& layer, const at::Tensor& x,
               const at::Tensor& residual) {
  // What a derived Tap does with an output, a mask on it or a hook, must reach both ways.
  if (typeid(*this) == typeid(Tap)) return layer.fork(x, residual);
  const at::Tensor y = (*this)(name, layer, x, residual);
  return {y, y};
}

Conv::Conv(std::string name, ConvOptions options, ModelTensors& tensors) : options_(options) {
  const std::int64_t in = options.in / options.groups;
  // Channels-last masters give channels-last gradients, so the optimizer never re-orders them.
  weight_ = at::empty({options.out, in, options.kernel, options.kernel},
                      at::TensorOptions(at::kFloat), at::MemoryFormat::ChannelsLast);
  kaiming_uniform(weight_, in * options.kernel * options.kernel);
  weight_.set_requires_grad(true);
  tensors.parameters.push_back({std::move(name) + ".weight", weight_});
}

at::Tensor Conv::forward(const at::Tensor& x, const at::Tensor& residual) {
  refuse_residual(residual, describe());
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
  std::string text = absl::StrCat("conv ", options_.kernel, "x", options_.kernel);
  if (options_.stride != 1) absl::StrAppend(&text, "/", options_.stride);
  absl::StrAppend(&text, " ", options_.in, "->", options_.out);
  if (options_.groups != 1) absl::StrAppend(&text, " in ", options_.groups, " groups");
  return text;
}

std::int64_t Conv::multiply_adds(at::IntArrayRef input) const {
  const auto places = [this](std::int64_t size) {
    return (size + 2 * options_.padding - options_.kernel) / options_.stride + 1;
  };
  return input[0] * places(input[2]) * places(input[3]) * weight_.numel();
}

Norm::Norm(std::string name, std::int64_t channels, ModelTensors& tensors)
    : name_(std::move(name)) {
  const at::TensorOptions real(at::kFloat);
  weight_ = at::ones({channels}, real).set_requires_grad(true);
  bias_ = at::zeros({channels}, real).set_requires_grad(true);
  running_mean_ = at::zeros({channels}, real);
  running_var_ = at::ones({channels}, real);
  batches_ = at::zeros({}, at::TensorOptions(at::kLong));  // no dimension: as torchvision's
  tensors.parameters.push_back({name_ + ".weight", weight_});
  tensors.parameters.push_back({name_ + ".bias", bias_});
  tensors.buffers.push_back({name_ + ".running_mean", running_mean_});
  tensors.buffers.push_back({name_ + ".running_var", running_var_});
  tensors.buffers.push_back({name_ + ".num_batches_tracked", batches_});
}

at::Tensor Norm::forward(const at::Tensor& x, const at::Tensor& residual) {
  refuse_residual(residual, name_);
  if (training_) count_batch(x.numel() / x.size(1));
  const bool moves = !(training_ && nn::statistics_held());
  return at::batch_norm(x, weight_, bias_, moves ? running_mean_ : at::Tensor(),
                        moves ? running_var_ : at::Tensor(), training_, nn::norm_options.momentum,
                        nn::norm_options.epsilon, /*cudnn_enabled=*/true);
}

void Norm::count_batch(std::int64_t values_a_channel) {
  // The variance of one value is 0/0, and would poison the running statistics without a word.
  if (values_a_channel <= 1) {
    throw Error(absl::StrFormat(
        "The batch norm '%s' got one value per channel, which has no variance: one image of 1x1 "
        "pixels there. Use a larger micro-batch ([run] batch, accumulate) or larger images.",
        name_));
  }
  if (!nn::statistics_held()) batches_.add_(1);
}

std::string Norm::describe() const { return absl::StrCat("norm ", weight_.size(0)); }

void Norm::zero_gain() {
  const at::NoGradGuard no_gradient;
  weight_.zero_();
}

PoolLinear::PoolLinear(std::string name, std::int64_t in, std::int64_t out, ModelTensors& tensors)
    : in_(in), out_(out) {
  const at::TensorOptions real(at::kFloat);
  weight_ = at::empty({out, in}, real);
  bias_ = at::empty({out}, real);
  kaiming_uniform(weight_, in);
  bias_uniform(bias_, in);
  weight_.set_requires_grad(true);
  bias_.set_requires_grad(true);
  tensors.parameters.push_back({name + ".weight", weight_});
  tensors.parameters.push_back({std::move(name) + ".bias", bias_});
}

at::Tensor PoolLinear::forward(const at::Tensor& x, const at::Tensor& residual) {
  refuse_residual(residual, describe());
  // The same sum as adaptive average pooling to 1x1, whose CUDA gradient is not deterministic.
  return at::linear(x.mean({-1, -2}), weight_, bias_);
}

std::string PoolLinear::describe() const { return absl::StrCat("mean, linear ", in_, "->", out_); }

std::int64_t PoolLinear::multiply_adds(at::IntArrayRef input) const {
  return input[0] * in_ * out_;
}

}  // namespace r50
