#include "nn/evaluated_unit.h"

#include <cmath>

#include "nn/conv_paths.h"
#include "nn/fused_conv.h"
#include "nn/held_weights.h"
#include "nn/norm_options.h"
#include "nn/unit_numbers.h"
#include "nn/unit_passes.h"

namespace r50::nn {
namespace {

enum class Row { scale, shift, count };

// The norm of evaluation: a scale and a shift.
ChannelRows<Row> running_norm(const UnitTensors& tensors) {
  ChannelRows<Row> rows(tensors.gain.numel());
  const float* const gain = tensors.gain.const_data_ptr<float>();
  const float* const bias = tensors.bias.const_data_ptr<float>();
  const float* const mean = tensors.running_mean.const_data_ptr<float>();
  const float* const variance = tensors.running_var.const_data_ptr<float>();
  for (std::int64_t c = 0; c < tensors.gain.numel(); ++c) {
    const double scale = gain[c] / std::sqrt(double{variance[c]} + norm_options.epsilon);
    rows[Row::scale][c] = static_cast<float>(scale);
    rows[Row::shift][c] = static_cast<float>(bias[c] - mean[c] * scale);
  }
  return rows;
}

FoldedConv fold(const ConvOptions& conv, const UnitTensors& tensors, const at::Tensor& x) {
  const ChannelRows<Row> norm = running_norm(tensors);
  const at::Tensor scale = norm.copy(Row::scale).view({-1, 1, 1, 1});
  return {packed_weight(conv, tensors.weight.detach().mul(scale).to(x.scalar_type()), x.sizes()),
          norm.copy(Row::shift).to(x.scalar_type())};
}

}  // namespace

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
  const ChannelRows<Row> norm = running_norm(tensors);
  const float *const scale = norm[Row::scale], *const shift = norm[Row::shift];
  if (options.pool) return pooled(kernels, y, scale, shift, false).z;
  return activated(kernels, y, y, residual, scale, shift, relu, false).z;
}

}  // namespace r50::nn
