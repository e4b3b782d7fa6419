#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "train/feed.h"
#include "train/forward.h"
#include "train/gradients.h"
#include "train/trainer.h"

namespace r50::train {

struct StepResult {
  at::Tensor loss;          // mean over the step's images; not yet read from the device
  at::Tensor grad_norm;     // before clipping; undefined if clipping is off
  std::int64_t images = 0;  // on all ranks
  std::int64_t size = 0;    // pixels a side
  std::int64_t replaced = 0;
};

// One optimizer step: forward and backward over `accumulate` micro-batches, then the optimizer.
class Stepper {
 public:
  // `parts` and `settings` outlive it.
  Stepper(const TrainParts& parts, const TrainSettings& settings, World& world, Feed& feed);

  StepResult take(const Progress& now, const Rates& rates);

  LossScaler* scaler() { return scaler_ ? &*scaler_ : nullptr; }  // null unless fp16

 private:
  class Again;

  MicroBatch next_micro_batch(std::int64_t number);
  // Adds the micro-batch's part to the gradients; returns its loss. The step's last one ends
  // `casts`.
  at::Tensor forward_backward(const MicroBatch& micro_batch, std::int64_t number, CastScope& casts);
  // Averages over ranks, unscales, clips. False: an fp16 gradient overflowed.
  bool finish_gradients(at::Tensor& grad_norm);
  std::vector<at::Tensor> gradients() const;
  void forget_gradients();

  const TrainParts& parts_;
  const TrainSettings& settings_;
  World& world_;
  Feed& feed_;
  c10::Device device_;
  ModelTensors tensors_;
  std::optional<LossScaler> scaler_;
};

}  // namespace r50::train
