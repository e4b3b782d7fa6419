#pragma once

// What an Averaging plugin keeps: an averaged copy of a model's tensors, with the arithmetic of
// torch.optim.swa_utils.AveragedModel, bit for bit.

#include <cstdint>
#include <vector>

#include "r50/archive.h"
#include "r50/weights.h"

namespace r50 {

class WeightAverage {
 public:
  enum class Buffers {
    average,  // like the weights: AveragedModel(use_buffers=True)
    copy,     // the model's own, as they were at the last add()
  };

  WeightAverage(ModelTensors model, Buffers buffers);

  // How many times add() was called.
  std::int64_t count() const { return count_; }

  // average = decay * average + (1 - decay) * model; the first call copies the model. Costs a pass
  // over the weights, and memory from the first call on.
  void add(double decay);

  // Names and order of the model's; empty before the first add().
  const ModelTensors& tensors() const { return average_; }

  // n_averaged, and model: a state dict that the model's own loading takes.
  void save(Archive& archive) const;
  void load(const Archive& archive);

 private:
  void start();

  ModelTensors model_;  // live handles
  Buffers buffers_;
  ModelTensors average_;
  std::int64_t count_ = 0;
  std::vector<at::Tensor> averaged_reals_, model_reals_;        // moved together
  std::vector<at::Tensor> averaged_integers_, model_integers_;  // counters
  std::vector<at::Tensor> copied_, model_copied_;
};

}  // namespace r50
