#include "train/step.h"

#include <ATen/core/grad_mode.h>

namespace r50::train {

// Recomputes the gradients of the micro-batches that the step was taken from, with the same
// dropout.
class Stepper::Again final : public Gradients {
 public:
  Again(Stepper& stepper, std::int64_t first) : stepper_(stepper), first_(first) {}

  // The source may overwrite a batch as soon as the next is asked for, so all but the last are
  // copied.
  void keep(const Batch& batch, bool last) {
    Batch kept = batch;
    if (!last) {
      kept.images = batch.images.clone();
      kept.targets = batch.targets.clone();
    }
    batches_.push_back(std::move(kept));
  }

  double again() override {
    if (batches_.empty()) {
      throw Error(
          "The optimizer asked for the gradients again, but its wants_again() said that it "
          "would not.");
    }
    // The norms' statistics have seen this batch already, at the weights that count.
    std::vector<at::Tensor> statistics;
    for (const auto& [name, buffer] : stepper_.tensors_.buffers) {
      statistics.push_back(buffer.clone());
    }
    stepper_.forget_gradients();
    double loss = 0;
    CastScope casts;
    for (std::size_t i = 0; i < batches_.size(); ++i) {
      const auto micro_batch = first_ + static_cast<std::int64_t>(i);
      loss += stepper_.forward_backward(batches_[i], micro_batch, casts).item<double>();
    }
    at::Tensor norm;
    if (!stepper_.finish_gradients(norm)) {
      // The step can no longer be left out, but it must not carry an overflow into the weights.
      for (at::Tensor& gradient : stepper_.gradients()) gradient.zero_();
    }
    for (std::size_t i = 0; i < statistics.size(); ++i) {
      stepper_.tensors_.buffers[i].tensor.copy_(statistics[i]);
    }
    return loss / static_cast<double>(batches_.size());
  }

 private:
  Stepper& stepper_;
  std::int64_t first_;
  std::vector<Batch> batches_;
};

Stepper::Stepper(const TrainParts& parts, const TrainSettings& settings, World& world, Feed& feed)
    : parts_(parts),
      settings_(settings),
      world_(world),
      feed_(feed),
      device_(settings.device),
      tensors_(parts.model.call([](Model& model) { return model.tensors(); })) {
  if (settings.precision == FloatType::fp16) scaler_.emplace(device_);
}

StepResult Stepper::take(const Progress& now, const Rates& rates) {
  const std::int64_t accumulate = settings_.facts.accumulate;
  const std::int64_t first = now.step * accumulate;
  const bool again_wanted =
      parts_.optimizer.call([&](Optimizer& optimizer) { return optimizer.wants_again(now.step); });
  const at::NoGradGuard no_grad;
  Again again(*this, first);
  StepResult result;
  CastScope casts;
  for (std::int64_t i = 0; i < accumulate; ++i) {
    const Batch batch = next_batch(first + i);
    result.images += batch.size() * world_.size();
    result.size = batch.images.size(3);
    result.replaced += static_cast<std::int64_t>(batch.stand_ins.size());
    if (again_wanted) again.keep(batch, i + 1 == accumulate);
    const at::Tensor loss = forward_backward(batch, first + i, casts);
    result.loss = result.loss.defined() ? result.loss.add_(loss) : loss;
  }
  if (accumulate > 1) result.loss.div_(accumulate);
  if (world_.size() > 1) {  // every rank reads the same number, so that all stop at the same step
    world_.sum(result.loss);
    result.loss.div_(world_.size());
  }
  if (finish_gradients(result.grad_norm)) {
    parts_.optimizer.call([&](Optimizer& optimizer) { optimizer.step(rates, again); });
  }
  forget_gradients();
  return result;
}

Batch Stepper::next_batch(std::int64_t micro_batch) {
  Batch batch;
  if (!feed_.next(batch, micro_batch)) {
    throw Error("The training data ended in the middle of an epoch, before micro-batch " +
                std::to_string(micro_batch + 1) + " of the run.");
  }
  return batch;
}

at::Tensor Stepper::forward_backward(const Batch& batch, std::int64_t micro_batch,
                                     CastScope& casts) {
  const RunFacts& facts = settings_.facts;
  const std::int64_t per_epoch = facts.length.steps_per_epoch * facts.accumulate;
  seed_generators(
      {facts.seed, Stream::forward, static_cast<std::uint32_t>(micro_batch / per_epoch),
       static_cast<std::uint64_t>(micro_batch), static_cast<std::uint32_t>(world_.rank())},
      device_);
  const at::AutoGradMode with_grad(true);
  Tap tap;
  at::Tensor logits;
  {
    const Autocast autocast(settings_.precision, device_);
    logits = parts_.model.call([&](Model& model) { return model.forward(batch.images, tap); });
  }
  // The loss in fp32: logits are small, and bf16 would round the probabilities.
  at::Tensor loss = parts_.loss.call(
      [&](Loss& held) { return held.value(logits.to(at::kFloat), batch.targets); });
  logits.reset();
  at::Tensor value = loss.detach();
  // The weights change after the last backward pass, which moreover can now free each cast weight
  // as soon as it is done with it.
  if (micro_batch % facts.accumulate == facts.accumulate - 1) casts.end();
  if (facts.accumulate > 1) loss = loss.div(facts.accumulate);
  if (scaler_) loss = scaler_->scaled(loss);
  parts_.model.call([&](Model&) { loss.backward(); });  // runs the model's own gradients
  return value;
}

bool Stepper::finish_gradients(at::Tensor& grad_norm) {
  std::vector<at::Tensor> all = gradients();
  if (world_.size() > 1) {
    for (at::Tensor& gradient : all) {
      world_.sum(gradient);
      gradient.div_(world_.size());
    }
  }
  // After the sum, so that all ranks see the same overflow.
  if (scaler_ && !scaler_->unscale(all)) return false;
  if (settings_.clip > 0 && !all.empty()) grad_norm = clip_gradients(all, settings_.clip);
  return true;
}

std::vector<at::Tensor> Stepper::gradients() const {
  std::vector<at::Tensor> all;
  for (const auto& [name, parameter] : tensors_.parameters) {
    if (parameter.grad().defined()) all.push_back(parameter.grad());
  }
  return all;
}

void Stepper::forget_gradients() {
  // Freed rather than zeroed: backward then stores instead of adding, and the forward pass has the
  // memory.
  for (auto& [name, parameter] : tensors_.parameters) parameter.mutable_grad().reset();
}

}  // namespace r50::train
