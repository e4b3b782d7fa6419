#include "train/clip.h"

#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/stack.h>

#include <cmath>

namespace r50::train {

namespace {

at::Tensor common_norm(at::TensorList tensors) {
  return at::linalg_vector_norm(at::stack(at::_foreach_norm(tensors)));
}

}  // namespace

at::Tensor clip_gradients(at::TensorList gradients, double limit) {
  at::Tensor norm = common_norm(gradients);
  const at::Tensor factor = norm.add(1e-6).reciprocal().mul(limit).clamp_max(1.0);
  // Elsewhere than on a CPU, looking at the factor would cost more than multiplying by one.
  const bool known_one = factor.is_cpu() && factor.item<double>() == 1.0;
  if (!known_one) at::_foreach_mul_(gradients, factor);
  return norm;
}

bool all_finite(at::TensorList tensors) {
  std::vector<at::Tensor> floating;
  for (const at::Tensor& tensor : tensors) {
    if (tensor.is_floating_point()) floating.push_back(tensor.detach());
  }
  return floating.empty() || std::isfinite(common_norm(floating).item<double>());
}

}  // namespace r50::train
