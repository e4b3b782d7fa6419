#include "contract/small_tensors.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

namespace r50::contract {

at::Tensor some_tensor(at::IntArrayRef sizes, std::uint64_t key, double low, double high) {
  at::Tensor tensor = at::empty(sizes, at::kFloat);
  Random random({.seed = key});
  auto* values = tensor.mutable_data_ptr<float>();
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    values[i] = static_cast<float>(random.uniform(low, high));
  }
  return sizes.size() == 4 ? tensor.contiguous(at::MemoryFormat::ChannelsLast) : tensor;
}

at::Tensor some_targets(std::int64_t n, std::int64_t classes) {
  return at::arange(n, at::kLong).remainder(classes);
}

ModelTensors some_model() {
  ModelTensors model;
  model.parameters = {{"conv1.weight", some_tensor({4, 3, 3, 3}, 1)},
                      {"bn1.weight", some_tensor({4}, 2, 0.5, 1.5)},
                      {"bn1.bias", some_tensor({4}, 3)},
                      {"fc.weight", some_tensor({2, 4}, 4)},
                      {"fc.bias", some_tensor({2}, 5)}};
  for (auto& [name, tensor] : model.parameters) tensor.set_requires_grad(true);
  model.buffers = {{"bn1.running_mean", at::zeros({4}, at::kFloat)},
                   {"bn1.running_var", at::ones({4}, at::kFloat)},
                   {"bn1.num_batches_tracked", at::zeros({}, at::kLong)}};
  return model;
}

MicroBatch some_batch(std::int64_t n, bool bytes) {
  MicroBatch micro_batch;
  micro_batch.images = some_tensor({n, 3, 32, 32}, 6, 0, bytes ? 255.9 : 1);
  if (bytes) micro_batch.images = micro_batch.images.to(at::kByte);
  micro_batch.targets = some_targets(n, 4);
  micro_batch.keys = at::arange(n, at::kLong).add(100);
  return micro_batch;
}

NamedTensors copy(const NamedTensors& tensors) {
  NamedTensors result;
  for (const auto& [name, tensor] : tensors) {
    result.push_back({name, tensor.detach().clone().set_requires_grad(tensor.requires_grad())});
  }
  return result;
}

ModelTensors copy(const ModelTensors& model) {
  return {copy(model.parameters), copy(model.buffers)};
}

std::string first_difference(const NamedTensors& a, const NamedTensors& b) {
  if (a.size() != b.size()) return "the number of tensors";
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].name != b[i].name || a[i].tensor.sizes() != b[i].tensor.sizes() ||
        a[i].tensor.scalar_type() != b[i].tensor.scalar_type() ||
        !a[i].tensor.detach().equal(b[i].tensor.detach())) {
      return a[i].name;
    }
  }
  return "";
}

std::string first_difference(const ModelTensors& a, const ModelTensors& b) {
  const std::string parameter = first_difference(a.parameters, b.parameters);
  return parameter.empty() ? first_difference(a.buffers, b.buffers) : parameter;
}

bool finite(const at::Tensor& tensor) {
  return !tensor.is_floating_point() || tensor.detach().isfinite().all().item<bool>();
}

bool finite(const NamedTensors& tensors) {
  for (const NamedTensor& named : tensors) {
    if (!finite(named.tensor)) return false;
  }
  return true;
}

void assign(const NamedTensors& to, const NamedTensors& from) {
  const at::NoGradGuard no_grad;
  for (std::size_t i = 0; i < to.size(); ++i) at::Tensor(to[i].tensor).copy_(from[i].tensor);
}

}  // namespace r50::contract
