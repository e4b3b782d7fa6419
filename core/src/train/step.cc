#include "train/step.h"

#include <ATen/core/grad_mode.h>
#include <absl/strings/str_format.h>

namespace r50::train {

// Recomputes the gradients of the micro-batches that the step was taken from, with the same
// dropout.
class Stepper::Again final : public Gradients {
 public:
  Again(Stepper& stepper, std::int64_t first) : stepper_(stepper), first_(first) {}

  // The source may overwrite a micro-batch as soon as the next is asked for, so all but the last
  // are copied.
  void keep(const MicroBatch& micro_batch, bool last) {
    MicroBatch kept = micro_batch;
    if (!last) {
      kept.images = micro_batch.images.clone();
      kept.targets = micro_batch.targets.clone();
    }
    micro_batches_.push_back(std::move(kept));
  }

  double again() override {
    if (micro_batches_.empty()) {
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
    for (std::size_t i = 0; i < micro_batches_.size(); ++i) {
      const auto number = first_ + static_cast<std::int64_t>(i);
      loss += stepper_.forward_backward(micro_batches_[i], number, casts).item<double>();
    }
    at::Tensor norm;
    if (!stepper_.finish_gradients(norm)) {
      // The step can no longer be left out, but it must not carry an overflow into the weights.
      for (at::Tensor& gradient : stepper_.gradients()) gradient.zero_();
    }
    for (std::size_t i = 0; i < statistics.size(); ++i) {
      stepper_.tensors_.buffers[i].tensor.copy_(statistics[i]);
    }
    return loss / static_cast<double>(micro_batches_.size());
  }

 private:
  Stepper& stepper_;
  std::int64_t first_;
  std::vector<MicroBatch> micro_batches_;
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
    const MicroBatch micro_batch = next_micro_batch(first + i);
    result.images += micro_batch.size() * world_.size();
    result.size = micro_batch.images.size(3);
    result.replaced += static_cast<std::int64_t>(micro_batch.stand_ins.size());
    if (again_wanted) again.keep(micro_batch, i + 1 == accumulate);
    const at::Tensor loss = forward_backward(micro_batch, first + i, casts);
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

MicroBatch Stepper::next_micro_batch(std::int64_t number) {
  MicroBatch micro_batch;
  if (!feed_.next(micro_batch, number)) {
    throw Error(absl::StrFormat(
        "The training data ended in the middle of an epoch, before micro-batch %d of the run.",
        number + 1));
  }
  return micro_batch;
}

at::Tensor Stepper::forward_backward(const MicroBatch& micro_batch, std::int64_t number,
                                     CastScope& casts) {
  const RunFacts& facts = settings_.facts;
  const std::int64_t per_epoch = facts.length.steps_per_epoch * facts.accumulate;
  seed_generators({facts.seed, Stream::forward, static_cast<std::uint32_t>(number / per_epoch),
                   static_cast<std::uint64_t>(number), static_cast<std::uint32_t>(world_.rank())},
                  device_);
  const at::AutoGradMode with_grad(true);
  Tap tap;
  at::Tensor logits;
  {
    const Autocast autocast(settings_.precision, device_);
    logits =
        parts_.model.call([&](Model& model) { return model.forward(micro_batch.images, tap); });
  }
  // The loss in fp32: logits are small, and bf16 would round the probabilities.
  at::Tensor loss = parts_.loss.call(
      [&](Loss& held) { return held.value(logits.to(at::kFloat), micro_batch.targets); });
  logits.reset();
  at::Tensor value = loss.detach();
  // The weights change after the last backward pass, which moreover can now free each cast weight
  // as soon as it is done with it.
  if (number % facts.accumulate == facts.accumulate - 1) casts.end();
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
