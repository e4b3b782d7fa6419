#pragma once

// The training loop. It never sees TOML, files or the plugin host.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "r50/archive.h"
#include "r50/augmentation.h"
#include "r50/averaging.h"
#include "r50/batch.h"
#include "r50/events.h"
#include "r50/loss.h"
#include "r50/model.h"
#include "r50/optimizer.h"
#include "r50/scheduler.h"
#include "train/errors.h"
#include "train/world.h"

namespace r50::train {

struct NamedAveraging {
  std::string name;
  Held<Averaging> averaging;
};

struct ActiveBatchStage {
  Held<BatchStage> stage;
  Stream stream{};
  std::int64_t from = 0;  // numbers of micro-batches, from 0 at the start of the run
  std::int64_t until = INT64_MAX;
};

enum class FloatType { fp32, bf16, fp16 };
enum class BestBy { top1, top5, loss };

struct TrainParts {
  Held<Model> model;
  Held<Optimizer> optimizer;
  Held<Scheduler> scheduler;
  Held<Loss> loss;
  std::vector<NamedAveraging> averaging;
  std::vector<ActiveBatchStage> train_stages;
  std::vector<ActiveBatchStage> evaluate_stages;
  MicroBatchSource* train = nullptr;
  MicroBatchSource* evaluate = nullptr;  // one pass over every evaluation image
  MicroBatchSource* estimate = nullptr;  // training images at a fixed key, for stale norms
};

struct TrainSettings {
  RunFacts facts;
  FloatType precision = FloatType::fp32;
  double clip = 0;
  std::int64_t log_every = 10;
  std::int64_t evaluate_every = 1;  // epochs
  BestBy best_by = BestBy::top1;
  std::string device = "cpu";
};

// What the loop reports to the run around it, and asks it.
class RunSide {
 public:
  virtual ~RunSide();
  virtual void happened(const Event& event) = 0;
  // A step (or an epoch's evaluation) is done and the trainer may be saved. True: stop here.
  virtual bool at_boundary(const Progress& done, bool epoch_complete) = 0;
  // Asked between micro-batches of an evaluation. True: give the evaluation up; it is redone on
  // resuming.
  virtual bool hurry() = 0;
  // A set turned out best: `set` may be snapshot now, before training continues.
  virtual void best(const WeightSet& set, const EvaluationEvent& event) = 0;
  // For the live line only.
  virtual void live(const StepEvent& step) = 0;
  // Time the training thread has waited for micro-batches so far, as the loader counts it.
  virtual double data_wait_seconds() = 0;
};

enum class Outcome { finished, interrupted };

class Trainer {
 public:
  Trainer(TrainParts parts, const TrainSettings& settings, World& world, RunSide& run);
  ~Trainer();

  // From where it stands to the end, or until at_boundary says stop.
  Outcome run();

  // At boundaries only. Tensors put into the archive are the live ones: the caller snapshots.
  // Throws Diverged rather than save a loss or weights that are not finite.
  void save(Archive& archive) const;
  // Returns what the user should know, in whole sentences: state that the archive lacks or has too
  // much. Throws WrongInput where the archive does not fit the model or the length of an epoch.
  std::vector<std::string> load(const Archive& archive);

  Progress progress() const;
  // Plain weights first, then each averaging that has weights.
  std::vector<WeightSet> weight_sets() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace r50::train
