#pragma once

// What the trainer is made of. trainer.cc has the loop, state.cc saving and loading.

#include "train/evaluator.h"
#include "train/meters.h"
#include "train/step.h"
#include "train/trainer.h"

namespace r50::train {

struct Trainer::Impl {
  Impl(TrainParts all, const TrainSettings& asked, World& ranks, RunSide& run);

  Outcome run();
  void begin_epoch();
  void report_step(const StepResult& result, const Rates& rates);
  // False if its evaluation was given up.
  bool close_epoch();
  bool evaluate_epoch(EpochResult& result);
  bool stop_at_boundary(bool epoch_complete);

  Progress progress() const { return {step, settings.facts.length}; }
  bool epoch_taken() const { return step >= (epochs + 1) * settings.facts.length.steps_per_epoch; }
  std::vector<WeightSet> weight_sets() const;

  void save(Archive& archive);
  std::vector<std::string> load(const Archive& archive);
  void load_position(const Archive& archive);
  void load_averaging(const Archive& archive, std::vector<std::string>& remarks);

  TrainParts parts;
  TrainSettings settings;
  World& world;
  RunSide& run_side;
  ModelTensors tensors;
  Feed feed;
  Stepper stepper;
  Evaluator evaluator;
  Meters meters;
  Best best;
  Stopwatch since_row, since_epoch;

  // Where it stands: steps taken, and epochs whose evaluation is done too. Between the last step of
  // an epoch and its evaluation, `step` is ahead.
  std::int64_t step = 0;
  std::int64_t epochs = 0;
};

}  // namespace r50::train
