#include "support/train/fakes.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

namespace r50::train::test {

at::Tensor values(const std::vector<std::int64_t>& shape, std::uint64_t seed) {
  at::Tensor tensor = at::empty(shape, at::kFloat);
  std::mt19937_64 generator(seed);
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    double sum = -6;
    for (int k = 0; k < 12; ++k) sum += static_cast<double>(generator() >> 11) * 0x1p-53;
    tensor.data_ptr<float>()[i] = static_cast<float>(sum);
  }
  return tensor;
}

TinyModel::TinyModel(std::uint64_t seed, double dropout, bool norm)
    : dropout_(dropout), norm_(norm) {
  conv_ = values({4, 3, 3, 3}, seed).mul(0.3).contiguous(at::MemoryFormat::ChannelsLast);
  weight_ = at::ones({4}, at::kFloat);
  bias_ = at::zeros({4}, at::kFloat);
  mean_ = at::zeros({4}, at::kFloat);
  var_ = at::ones({4}, at::kFloat);
  count_ = at::zeros({}, at::kLong);
  fc_ = values({classes, 4}, seed + 1).mul(0.5);
  fc_bias_ = at::zeros({classes}, at::kFloat);
  tensors_.parameters = {{"conv1.weight", conv_},
                         {"bn1.weight", weight_},
                         {"bn1.bias", bias_},
                         {"fc.weight", fc_},
                         {"fc.bias", fc_bias_}};
  tensors_.buffers = {
      {"bn1.running_mean", mean_}, {"bn1.running_var", var_}, {"bn1.num_batches_tracked", count_}};
  for (auto& [name, parameter] : tensors_.parameters) parameter.set_requires_grad(true);
}

at::Tensor TinyModel::forward(const at::Tensor& images, Tap&) {
  before_forward();
  constexpr std::array<std::int64_t, 2> stride = {1, 1}, padding = {1, 1};
  at::Tensor x = at::conv2d(images, conv_, {}, stride, padding);
  if (training_) count_.add_(1);
  if (norm_) x = at::batch_norm(x, weight_, bias_, mean_, var_, training_, 0.1, 1e-5, false);
  x = at::dropout(x.relu(), dropout_, training_);
  return at::linear(x.mean({2, 3}), fc_, fc_bias_);
}

TinySource::TinySource(std::int64_t batches, std::int64_t images, std::int64_t last, int salt)
    : batches_(batches), images_(images), last_(last > 0 ? last : images), salt_(salt) {
  memory_ =
      at::empty({images, 3, pixels, pixels}, at::kByte).contiguous(at::MemoryFormat::ChannelsLast);
  targets_ = at::empty({images}, at::kLong);
}

void TinySource::seek(std::int64_t epoch, std::int64_t batch) {
  epoch_ = epoch;
  batch_ = batch;
}

bool TinySource::next(MicroBatch& batch) {
  if (batch_ >= batches_) return false;
  std::mt19937 generator(static_cast<unsigned>(epoch_ * 1000 + batch_ * 10 + salt_));
  for (std::int64_t i = 0; i < images_; ++i) {
    const std::int64_t label = generator() % classes;
    targets_.data_ptr<std::int64_t>()[i] = label;
    std::uint8_t* image = memory_.data_ptr<std::uint8_t>() + i * 3 * pixels * pixels;
    for (std::int64_t p = 0; p < 3 * pixels * pixels; ++p) {
      image[p] = static_cast<std::uint8_t>(generator() % 200 + (p % classes == label ? 55 : 0));
    }
  }
  ++batch_;
  const std::int64_t size = batch_ == batches_ ? last_ : images_;
  batch = {};
  batch.images = memory_.narrow(0, 0, size);
  batch.targets = targets_.narrow(0, 0, size);
  batch.stand_ins = stand_ins(batch_ - 1);
  return true;
}

Momentum::Momentum(NamedTensors parameters) : parameters_(std::move(parameters)) {
  for (const auto& [name, parameter] : parameters_) {
    momenta_.push_back({name, at::zeros(parameter.sizes(), at::kFloat)});
  }
}

void Momentum::step(const Rates& rates, Gradients& gradients) {
  before_step(gradients);
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const at::Tensor& parameter = parameters_[i].tensor;
    if (!parameter.grad().defined()) continue;
    momenta_[i].tensor.mul_(rates.momentum.value_or(0.9)).add_(parameter.grad());
    parameter.add_(momenta_[i].tensor, -rates.lr);
  }
}

void Momentum::save(Archive& archive) const {
  for (const auto& [name, momentum] : momenta_) archive.put(name, momentum);
}

void Momentum::load(const Archive& archive) {
  for (auto& [name, momentum] : momenta_) momentum.copy_(archive.tensor(name));
}

Rates Falling::rates(const Progress& progress) const {
  return {0.2 * factor_ / (1 + 0.1 * static_cast<double>(progress.step)), {}};
}

void Falling::observe(const EpochResult& result) {
  factor_ *= 0.5 + 0.1 * std::tanh(result.train_loss);
  for (const SetResult& set : result.sets) factor_ *= 1 + set.loss / 1000;
}

at::Tensor CrossEntropy::value(const at::Tensor& logits, const at::Tensor& targets) const {
  const at::Tensor loss = at::cross_entropy_loss(logits, targets);
  return loss.mul(change(1));
}

Moving::Moving(ModelTensors model, std::int64_t first_step, bool stale)
    : model_(std::move(model)), first_step_(first_step), stale_(stale) {}

void Moving::start() {
  const auto copies = [](const NamedTensors& tensors) {
    NamedTensors copied;
    for (const auto& [name, tensor] : tensors) copied.push_back({name, tensor.detach().clone()});
    return copied;
  };
  average_ = {copies(model_.parameters), copies(model_.buffers)};
}

void Moving::after_step(const Progress& done) {
  if (done.step < first_step_) return;
  if (average_.parameters.empty()) return start();
  for (std::size_t i = 0; i < model_.parameters.size(); ++i) {
    average_.parameters[i].tensor.lerp_(model_.parameters[i].tensor, 0.25);
  }
  for (std::size_t i = 0; i < model_.buffers.size() && !stale_; ++i) {
    average_.buffers[i].tensor.copy_(model_.buffers[i].tensor);
  }
}

std::optional<WeightSet> Moving::weights() const {
  if (average_.parameters.empty()) return std::nullopt;
  return WeightSet{"moving", average_, stale_};
}

void Moving::save(Archive& archive) const {
  for (const NamedTensors* list : {&average_.parameters, &average_.buffers}) {
    for (const auto& [name, tensor] : *list) archive.put(name, tensor);
  }
}

void Moving::load(const Archive& archive) {
  average_ = {};
  if (archive.empty()) return;
  start();
  for (const NamedTensors* list : {&average_.parameters, &average_.buffers}) {
    for (const auto& [name, tensor] : *list) tensor.copy_(archive.tensor(name));
  }
}

void Noise::apply(MicroBatch& batch, Random& random) const {
  batch.images = batch.images.to(at::kFloat).div_(255).add_(random.uniform() * 0.1);
}

}  // namespace r50::train::test
