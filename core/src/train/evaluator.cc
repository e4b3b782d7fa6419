#include "train/evaluator.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <chrono>
#include <utility>

#include "train/forward.h"
#include "train/model_weights.h"

namespace r50::train {

namespace {

// Sets the model and the optimizer to evaluation, and back however it ends.
template <class Body>
auto in_evaluation(const TrainParts& parts, Body&& body) {
  const auto phase = [&](Optimizer::Phase wanted) {
    const at::NoGradGuard no_grad;
    parts.optimizer.call([&](Optimizer& optimizer) { optimizer.weights_for(wanted); });
  };
  const auto back = [&] {
    parts.model.call([](Model& model) { model.set_training(true); });
    phase(Optimizer::Phase::train);
  };
  phase(Optimizer::Phase::evaluate);
  auto result = [&] {
    try {
      return body();
    } catch (...) {
      back();
      throw;
    }
  }();
  back();
  return result;
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

Answers without_stand_ins(const MicroBatch& micro_batch, const at::Tensor& logits) {
  if (micro_batch.stand_ins.empty()) return {logits, micro_batch.targets};
  std::vector<std::int64_t> rows;
  auto next = micro_batch.stand_ins.begin();
  for (std::int64_t i = 0; i < micro_batch.size(); ++i) {
    if (next != micro_batch.stand_ins.end() && *next == i) {
      ++next;
    } else {
      rows.push_back(i);
    }
  }
  const at::Tensor kept = at::tensor(rows, at::kLong).to(logits.device());
  return {logits.index_select(0, kept), micro_batch.targets.index_select(0, kept)};
}

Correct count_correct(const at::Tensor& logits, const at::Tensor& targets) {
  const at::Tensor labels = (targets.dim() == 2 ? targets.argmax(1) : targets).unsqueeze(1);
  const at::Tensor wanted = logits.gather(1, labels);
  const at::Tensor classes = at::arange(logits.size(1), labels.options()).unsqueeze(0);
  // Counts the classes that lose against the right one, not those that win: among NaNs nobody
  // loses, and such an answer must not count as right.
  const at::Tensor tied_after = logits.eq(wanted).logical_and_(classes.gt(labels));
  const at::Tensor lost = logits.lt(wanted).logical_or_(tied_after).sum(1);
  const at::Tensor rank = lost.neg().add_(logits.size(1) - 1);
  return {rank.lt(1).sum(), rank.lt(5).sum()};
}

Evaluator::Evaluator(const TrainParts& parts, const TrainSettings& settings, World& world,
                     RunSide& run)
    : parts_(parts),
      settings_(settings),
      world_(world),
      run_(run),
      device_(settings.device),
      tensors_(parts.model.call([](Model& model) { return model.tensors(); })) {
  const std::uint64_t seed = settings.facts.seed;
  if (parts.evaluate) {
    images_.emplace(*parts.evaluate, parts.evaluate_stages, PassKind::evaluation, seed, world,
                    device_);
  }
  if (parts.estimate) {
    estimation_.emplace(*parts.estimate, parts.train_stages, PassKind::estimation, seed, world,
                        device_);
  }
}

std::optional<std::vector<EvaluatedSet>> Evaluator::evaluate(const std::vector<WeightSet>& sets,
                                                             std::int64_t number) {
  std::vector<EvaluatedSet> evaluated;
  if (!images_) return evaluated;
  // Ranks have seen other micro-batches; the first one's statistics count.
  for (auto& [name, buffer] : tensors_.buffers) world_.broadcast(buffer);
  const bool complete = in_evaluation(parts_, [&] {
    for (const WeightSet& set : sets) {
      auto one = evaluate_one(set, number);
      if (!one) return false;
      evaluated.push_back(std::move(*one));
    }
    return true;
  });
  if (!complete) return std::nullopt;
  return evaluated;
}

std::optional<EvaluatedSet> Evaluator::evaluate_one(const WeightSet& set, std::int64_t number) {
  const auto begin = std::chrono::steady_clock::now();
  const bool estimate = set.bn_stale && estimation_;
  WeightSet shown = set;
  if (estimate) {  // the set's own statistics stay as they are
    for (auto& [name, buffer] : shown.tensors.buffers) buffer = buffer.clone();
    shown.bn_stale = false;
  }
  const WeightsInUse use(tensors_, shown.tensors);
  if (estimate && !estimate_statistics(parts_, settings_, world_, run_, *estimation_, number)) {
    return std::nullopt;
  }
  const auto result = show_images(set.name, number);
  if (!result) return std::nullopt;
  return EvaluatedSet{std::move(shown), *result, seconds_since(begin)};
}

std::optional<SetResult> Evaluator::show_images(const std::string& set, std::int64_t number) {
  const at::NoGradGuard no_grad;
  const CastScope casts;  // the weights are cast once for all micro-batches
  const auto counts = at::device(device_).dtype(at::kLong);
  // images, right first, right within five
  at::Tensor counted = at::zeros({3}, counts);
  at::Tensor loss_sum = at::zeros({}, counts.dtype(at::kDouble));
  parts_.model.call([](Model& model) { model.set_training(false); });
  images_->seek(0, 0);
  Tap tap;
  MicroBatch micro_batch;
  for (std::uint64_t i = 0; images_->next(micro_batch, number); ++i) {
    if (world_.agree(run_.hurry())) return std::nullopt;
    // Models that draw numbers in evaluation get other ones than in training.
    const auto draw = static_cast<std::uint32_t>(world_.size() + world_.rank());
    seed_generators({settings_.facts.seed, Stream::forward, 0, i, draw}, device_);
    const at::Tensor logits =
        naming_memory(OutOfMemory::While::evaluating, micro_batch.size(), [&] {
          const Autocast autocast(settings_.precision, device_);
          return parts_.model.call(
              [&](Model& model) { return model.forward(micro_batch.images, tap).to(at::kFloat); });
        });
    const Answers read = without_stand_ins(micro_batch, logits);
    const std::int64_t images = read.logits.size(0);
    if (images == 0) continue;
    const at::Tensor loss =
        parts_.loss.call([&](Loss& held) { return held.value(read.logits, read.targets); });
    loss_sum.add_(loss, images);
    const Correct correct = count_correct(read.logits, read.targets);
    counted.select(0, 0).add_(images);
    counted.select(0, 1).add_(correct.top1);
    counted.select(0, 2).add_(correct.top5);
  }
  world_.sum(counted);
  world_.sum(loss_sum);
  const at::Tensor read = counted.to(at::kCPU);
  const std::int64_t* count = read.const_data_ptr<std::int64_t>();
  if (count[0] == 0) throw Error("There are no evaluation images.");
  const auto images = static_cast<double>(count[0]);
  return SetResult{.set = set,
                   .loss = loss_sum.item<double>() / images,
                   .top1 = 100 * static_cast<double>(count[1]) / images,
                   .top5 = 100 * static_cast<double>(count[2]) / images,
                   .images = count[0]};
}

}  // namespace r50::train
