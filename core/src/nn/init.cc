#include "nn/init.h"

#include <ATen/ops/empty.h>
#include <c10/core/GradMode.h>

#include <cmath>

#include "r50/layers.h"

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

}  // namespace

namespace nn {

void kaiming_uniform(at::Tensor& weight, std::int64_t fan_in) {
  const double slope = std::sqrt(5.0);
  const double gain = std::sqrt(2.0 / (1.0 + slope * slope));
  const double bound = std::sqrt(3.0) * (gain / std::sqrt(static_cast<double>(fan_in)));
  draw_contiguous(weight, [bound](at::Tensor& values) { values.uniform_(-bound, bound); });
}

void bias_uniform(at::Tensor& bias, std::int64_t fan_in) {
  const double bound = 1.0 / std::sqrt(static_cast<double>(fan_in));
  draw_contiguous(bias, [bound](at::Tensor& values) { values.uniform_(-bound, bound); });
}

}  // namespace nn

void kaiming_normal(NamedTensors& parameters) {
  for (NamedTensor& parameter : parameters) {
    at::Tensor& weight = parameter.tensor;
    if (weight.dim() != 4) continue;
    const std::int64_t fan_out = weight.size(0) * weight.size(2) * weight.size(3);
    const double deviation = std::sqrt(2.0) / std::sqrt(static_cast<double>(fan_out));
    draw_contiguous(weight, [deviation](at::Tensor& values) { values.normal_(0, deviation); });
  }
}

}  // namespace r50
