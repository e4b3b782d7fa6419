#include "nn/fused_conv.h"

#include <ATen/Context.h>
#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/mkldnn_reorder_conv2d_weight.h>

#include <optional>
#include <string>
#include <string_view>

#include "nn/shorthand.h"

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

}  // namespace

bool has_fused_conv() {
  return at::globalContext().userEnabledMkldnn() && operators().plain && operators().adding;
}

at::Tensor packed_weight(const ConvOptions& conv, const at::Tensor& weight, at::IntArrayRef input) {
  return at::mkldnn_reorder_conv2d_weight(weight.to_mkldnn(), both(conv.padding), both(conv.stride),
                                          both(1), conv.groups, input);
}

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

}  // namespace r50::nn
