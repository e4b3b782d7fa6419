#include "r50/weight_average.h"

#include <ATen/ops/_foreach_lerp.h>
#include <absl/strings/str_format.h>
#include <c10/core/GradMode.h>

#include <utility>

#include "r50/error.h"

namespace r50 {

namespace {

NamedTensors copies(const NamedTensors& tensors) {
  NamedTensors result;
  result.reserve(tensors.size());
  // clone() keeps channels-last memory, so that averaging stays one pass over equal layouts.
  for (const auto& [name, tensor] : tensors) result.push_back({name, tensor.detach().clone()});
  return result;
}

void read_into(NamedTensors& tensors, const Archive& archive) {
  for (auto& [name, tensor] : tensors) {
    const at::Tensor& saved = archive.tensor(name);
    if (saved.sizes() != tensor.sizes()) {
      throw Error(absl::StrFormat(
          "The saved average of '%s' has another shape than the model's tensor.", name));
    }
    tensor.copy_(saved);
  }
}

}  // namespace

WeightAverage::WeightAverage(ModelTensors model, Buffers buffers)
    : model_(std::move(model)), buffers_(buffers) {}

void WeightAverage::start() {
  for (auto* list : {&averaged_reals_, &model_reals_, &averaged_integers_, &model_integers_,
                     &copied_, &model_copied_}) {
    list->clear();
  }
  average_ = {copies(model_.parameters), copies(model_.buffers)};
  const auto pair = [this](const NamedTensors& averaged, const NamedTensors& model, bool copy) {
    for (std::size_t i = 0; i < model.size(); ++i) {
      const bool real = model[i].tensor.is_floating_point();
      (copy ? copied_ : real ? averaged_reals_ : averaged_integers_).push_back(averaged[i].tensor);
      (copy ? model_copied_ : real ? model_reals_ : model_integers_).push_back(model[i].tensor);
    }
  };
  pair(average_.parameters, model_.parameters, false);
  pair(average_.buffers, model_.buffers, buffers_ == Buffers::copy);
}

bool WeightAverage::add_first() {
  if (count_++ > 0) return false;
  start();
  return true;
}

void WeightAverage::copy_buffers() {
  for (std::size_t i = 0; i < copied_.size(); ++i) copied_[i].copy_(model_copied_[i]);
}

void WeightAverage::add(double decay) {
  const at::NoGradGuard no_gradient;
  if (add_first()) return;
  at::_foreach_lerp_(averaged_reals_, model_reals_, 1 - decay);
  for (std::size_t i = 0; i < averaged_integers_.size(); ++i) {
    // Truncates, as AveragedModel does: the count of batches is of no use in an average.
    at::Tensor& averaged = averaged_integers_[i];
    averaged.copy_(averaged.mul(decay).add(model_integers_[i].mul(1 - decay)));
  }
  copy_buffers();
}

void WeightAverage::add_evenly() {
  const at::NoGradGuard no_gradient;
  if (add_first()) return;
  for (std::size_t i = 0; i < averaged_reals_.size(); ++i) {
    averaged_reals_[i].add_(model_reals_[i].sub(averaged_reals_[i]).div_(count_));
  }
  for (std::size_t i = 0; i < averaged_integers_.size(); ++i) {
    at::Tensor& averaged = averaged_integers_[i];
    averaged.copy_(averaged.add(model_integers_[i].sub(averaged).div(count_)));
  }
  copy_buffers();
}

void WeightAverage::save(Archive& archive) const {
  archive.put("n_averaged", count_);
  if (count_ == 0) return;
  Archive& model = archive.child("model");
  for (const auto& [name, tensor] : average_.parameters) model.put(name, tensor);
  for (const auto& [name, tensor] : average_.buffers) model.put(name, tensor);
}

void WeightAverage::load(const Archive& archive) {
  const at::NoGradGuard no_gradient;
  const std::int64_t count = archive.integer("n_averaged");
  if (count == 0) {
    average_ = {};
  } else {
    start();
    const Archive& model = archive.child("model");
    read_into(average_.parameters, model);
    read_into(average_.buffers, model);
  }
  count_ = count;
}

}  // namespace r50
