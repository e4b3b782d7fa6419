// A unit in evaluation: the norm is a scale and a shift, or folded into the weights, and then one
// convolution by oneDNN does all.

#include <ATen/Context.h>
#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/mkldnn_reorder_conv2d_weight.h>

#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "nn/conv_paths.h"
#include "nn/held.h"
#include "nn/passes.h"
#include "nn/unit.h"

namespace r50::nn {
namespace {

using Scalars = c10::List<std::optional<at::Scalar>>;
using Word = std::optional<std::string_view>;
using PlainConv = at::Tensor(const at::Tensor& x, const at::Tensor& weight,
                             const std::optional<at::Tensor>& bias, at::IntArrayRef padding,
                             at::IntArrayRef stride, at::IntArrayRef dilation, std::int64_t groups,
                             std::string_view activation, Scalars numbers, Word algorithm);
using AddingConv = at::Tensor(const at::Tensor& x, const at::Tensor& other,
                              const at::Tensor& weight, const std::optional<at::Tensor>& bias,
                              at::IntArrayRef padding, at::IntArrayRef stride,
                              at::IntArrayRef dilation, std::int64_t groups,
                              std::string_view operation, std::optional<at::Scalar> factor,
                              Word activation, Scalars numbers, Word algorithm);

// libtorch has these for its own compiler. They are no public interface, and another version may
// have others: then there is no fused convolution.
struct Operators {
  std::optional<c10::TypedOperatorHandle<PlainConv>> plain;
  std::optional<c10::TypedOperatorHandle<AddingConv>> adding;

  Operators() {
    if (!at::hasMKLDNN()) return;
    plain = find<PlainConv>(
        "",
        "mkldnn::_convolution_pointwise(Tensor X, Tensor W, Tensor? B, int[] padding, "
        "int[] stride, int[] dilation, int groups, str attr, Scalar?[] scalars, "
        "str? algorithm) -> Tensor Y");
    adding = find<AddingConv>(
        "binary",
        "mkldnn::_convolution_pointwise.binary(Tensor X, Tensor other, Tensor W, Tensor? B, "
        "int[] padding, int[] stride, int[] dilation, int groups, str binary_attr, "
        "Scalar? alpha, str? unary_attr, Scalar?[] unary_scalars, str? unary_algorithm) "
        "-> Tensor Y");
  }

  template <class Signature>
  static std::optional<c10::TypedOperatorHandle<Signature>> find(const char* overload,
                                                                 std::string_view schema) {
    const auto found =
        c10::Dispatcher::singleton().findSchema({"mkldnn::_convolution_pointwise", overload});
    if (!found || c10::toString(found->schema()) != schema) return {};
    return found->typed<Signature>();
  }
};

const Operators& operators() {
  static const Operators found;
  return found;
}

// In the order of memory that oneDNN wants for such inputs; inputs of another size are right, too,
// but may cost a change of the order at each call.
at::Tensor packed_weight(const ConvOptions& conv, const at::Tensor& weight, at::IntArrayRef input) {
  return at::mkldnn_reorder_conv2d_weight(weight.to_mkldnn(), both(conv.padding), both(conv.stride),
                                          both(1), conv.groups, input);
}

// Bias, residual and ReLU are applied before the output is written. `x`, `bias` and `residual` (or
// undefined) are of one type and channels-last, `weight` is packed.
at::Tensor fused_conv(const ConvOptions& conv, const at::Tensor& x, const at::Tensor& weight,
                      const at::Tensor& bias, const at::Tensor& residual, bool relu) {
  const auto padding = both(conv.padding), stride = both(conv.stride), dilation = both(1);
  const at::Tensor z =
      residual.defined()
          ? operators().adding->call(x, residual, weight, bias, padding, stride, dilation,
                                     conv.groups, "add", std::nullopt, relu ? Word("relu") : Word(),
                                     Scalars(), "")
          : operators().plain->call(x, weight, bias, padding, stride, dilation, conv.groups,
                                    relu ? "relu" : "none", Scalars(), "");
  return z.contiguous(channels_last);
}

enum class NormRow { scale, shift, count };

// The norm of evaluation: a scale and a shift.
ChannelRows<NormRow> running_norm(const UnitTensors& tensors) {
  ChannelRows<NormRow> rows(tensors.gain.numel());
  const float* const gain = tensors.gain.const_data_ptr<float>();
  const float* const bias = tensors.bias.const_data_ptr<float>();
  const float* const mean = tensors.running_mean.const_data_ptr<float>();
  const float* const variance = tensors.running_var.const_data_ptr<float>();
  for (std::int64_t c = 0; c < tensors.gain.numel(); ++c) {
    const double scale = gain[c] / std::sqrt(double{variance[c]} + norm_options.epsilon);
    rows[NormRow::scale][c] = static_cast<float>(scale);
    rows[NormRow::shift][c] = static_cast<float>(bias[c] - mean[c] * scale);
  }
  return rows;
}

FoldedConv fold(const ConvOptions& conv, const UnitTensors& tensors, const at::Tensor& x) {
  const ChannelRows<NormRow> norm = running_norm(tensors);
  const at::Tensor scale = norm.copy(NormRow::scale).view({-1, 1, 1, 1});
  return {packed_weight(conv, tensors.weight.detach().mul(scale).to(x.scalar_type()), x.sizes()),
          norm.copy(NormRow::shift).to(x.scalar_type())};
}

}  // namespace

bool has_fused_conv() {
  return at::globalContext().userEnabledMkldnn() && operators().plain && operators().adding;
}

at::Tensor evaluate_unit(const Kernels& kernels, const ConvNormOptions& options,
                         const UnitTensors& tensors, const at::Tensor& x,
                         const at::Tensor& residual) {
  const bool relu = options.act == Act::relu;
  // Folding costs more than it saves in a single pass.
  if (weights_held() && !options.pool && has_fused_conv()) {
    const FoldedConv& folded = folded_conv(tensors.weight, x.scalar_type(),
                                           [&] { return fold(options.conv, tensors, x); });
    return fused_conv(options.conv, x, folded.weight, folded.bias, residual, relu);
  }
  const at::Tensor y =
      conv_forward({options.conv, x}, x, cast_weight(tensors.weight, x.scalar_type()));
  const ChannelRows<NormRow> norm = running_norm(tensors);
  const float *const scale = norm[NormRow::scale], *const shift = norm[NormRow::shift];
  if (options.pool) return pooled(kernels, y, scale, shift, false).z;
  return activated(kernels, y, y, residual, scale, shift, relu, false).z;
}

}  // namespace r50::nn
