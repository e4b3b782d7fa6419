#include "train/gradients.h"

#include <ATen/ops/_amp_foreach_non_finite_check_and_unscale.h>
#include <ATen/ops/_amp_update_scale.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <vector>

namespace r50::train {

namespace {

constexpr double first_scale = 65536;
constexpr double growth = 2;
constexpr double backoff = 0.5;
constexpr std::int64_t growth_interval = 2000;

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

LossScaler::LossScaler(c10::Device device)
    : scale_(at::full({1}, first_scale, at::device(device).dtype(at::kFloat))),
      good_steps_(at::zeros({1}, at::device(device).dtype(at::kInt))) {}

at::Tensor LossScaler::scaled(const at::Tensor& loss) const { return loss.mul(scale_.squeeze(0)); }

bool LossScaler::unscale(at::TensorList gradients) {
  at::Tensor overflow = at::zeros({1}, scale_.options());
  // In double: the reciprocal of a large float scale would be rounded twice.
  const at::Tensor inverse = scale_.to(at::kDouble).reciprocal().to(at::kFloat);
  at::_amp_foreach_non_finite_check_and_unscale_(gradients, overflow, inverse);
  const bool finite = overflow.item<float>() == 0;
  at::_amp_update_scale_(scale_, good_steps_, overflow, growth, backoff, growth_interval);
  return finite;
}

void LossScaler::save(Archive& archive) const {
  archive.put("scale", scale_.item<double>());
  archive.put("good_steps", good_steps_.item<std::int64_t>());
}

void LossScaler::load(const Archive& archive) {
  scale_.fill_(archive.real("scale"));
  good_steps_.fill_(archive.integer("good_steps"));
}

}  // namespace r50::train
