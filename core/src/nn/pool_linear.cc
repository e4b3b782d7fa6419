#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>

#include <utility>

#include "nn/init.h"
#include "nn/refuse.h"
#include "r50/layers.h"

namespace r50 {

PoolLinear::PoolLinear(std::string name, std::int64_t in, std::int64_t out, ModelTensors& tensors)
    : in_(in), out_(out) {
  const at::TensorOptions real(at::kFloat);
  weight_ = at::empty({out, in}, real);
  bias_ = at::empty({out}, real);
  nn::kaiming_uniform(weight_, in);
  nn::bias_uniform(bias_, in);
  weight_.set_requires_grad(true);
  bias_.set_requires_grad(true);
  tensors.parameters.push_back({name + ".weight", weight_});
  tensors.parameters.push_back({std::move(name) + ".bias", bias_});
}

at::Tensor PoolLinear::forward(const at::Tensor& x, const at::Tensor& residual) {
  nn::refuse_residual(residual, describe());
  // The same sum as adaptive average pooling to 1x1, whose CUDA gradient is not deterministic.
  return at::linear(x.mean({-1, -2}), weight_, bias_);
}

std::string PoolLinear::describe() const {
  return "mean, linear " + std::to_string(in_) + "->" + std::to_string(out_);
}

std::int64_t PoolLinear::multiply_adds(at::IntArrayRef input) const {
  return input[0] * in_ * out_;
}

}  // namespace r50
