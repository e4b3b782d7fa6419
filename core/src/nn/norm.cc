#include <ATen/ops/batch_norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <utility>

#include "nn/norm_options.h"
#include "nn/refuse.h"
#include "r50/layers.h"

namespace r50 {

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
  nn::refuse_residual(residual, name_);
  if (training_) count_batch(x.numel() / x.size(1));
  const bool moves = !(training_ && nn::statistics_held());
  return at::batch_norm(x, weight_, bias_, moves ? running_mean_ : at::Tensor(),
                        moves ? running_var_ : at::Tensor(), training_, nn::norm_options.momentum,
                        nn::norm_options.epsilon, /*cudnn_enabled=*/true);
}

void Norm::count_batch(std::int64_t values_a_channel) {
  // The variance of one value is 0/0, and would poison the running statistics without a word.
  if (values_a_channel <= 1) {
    throw Error("The batch norm '" + name_ +
                "' got one value per channel, which has no variance: one image of 1x1 pixels "
                "there. Use a larger micro-batch ([run] batch, accumulate) or larger images.");
  }
  if (!nn::statistics_held()) batches_.add_(1);
}

std::string Norm::describe() const { return "norm " + std::to_string(weight_.size(0)); }

void Norm::zero_gain() {
  const at::NoGradGuard no_gradient;
  weight_.zero_();
}

}  // namespace r50
