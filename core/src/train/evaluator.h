#pragma once

#include <optional>
#include <vector>

#include "train/feed.h"
#include "train/trainer.h"

namespace r50::train {

struct EvaluatedSet {
  WeightSet set;  // with the statistics it was evaluated with
  SetResult result;
  double seconds = 0;
};

struct Answers {
  at::Tensor logits;
  at::Tensor targets;
};
// What counts of a micro-batch. A stand-in shows an image that is counted in its own place.
Answers without_stand_ins(const MicroBatch& micro_batch, const at::Tensor& logits);

// Correct answers among the k most likely, for k = 1 and 5. Ties go to the lower class, so that a
// model that says the same of every class is right once in as many answers as there are classes.
struct Correct {
  at::Tensor top1;  // int64, not yet read
  at::Tensor top5;
};
Correct count_correct(const at::Tensor& logits, const at::Tensor& targets);

// Estimates the norms' running statistics for the weights that the model shows now: the mean over
// all micro-batches of `feed` of each one's mean and variance, as PyTorch's swa_utils.update_bn.
// Written into the model's buffers. The stages of the run's micro-batch `number` apply.
// False if the run was in a hurry: the buffers then hold nothing of use. In bn_estimate.cc.
bool estimate_statistics(const TrainParts& parts, const TrainSettings& settings, World& world,
                         RunSide& run, Feed& feed, std::int64_t number);

// Shows the evaluation images to weight sets. Leaves the model as it was: in training, with its own
// weights and statistics.
class Evaluator {
 public:
  // `parts` and `settings` outlive it.
  Evaluator(const TrainParts& parts, const TrainSettings& settings, World& world, RunSide& run);

  // All sets in order, each image once. Nothing if the run was in a hurry. `number` is the run's
  // last micro-batch.
  std::optional<std::vector<EvaluatedSet>> evaluate(const std::vector<WeightSet>& sets,
                                                    std::int64_t number);

 private:
  std::optional<EvaluatedSet> evaluate_one(const WeightSet& set, std::int64_t number);
  std::optional<SetResult> show_images(const std::string& set, std::int64_t number);

  const TrainParts& parts_;
  const TrainSettings& settings_;
  World& world_;
  RunSide& run_;
  c10::Device device_;
  ModelTensors tensors_;
  std::optional<Feed> images_;
  std::optional<Feed> estimation_;
};

}  // namespace r50::train
