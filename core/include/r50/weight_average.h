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
    copy,     // the model's own, as they were at the last call
  };

  WeightAverage(ModelTensors model, Buffers buffers);

  // How many times add() or add_evenly() was called.
  std::int64_t count() const { return count_; }

  // average = decay * average + (1 - decay) * model, as get_ema_multi_avg_fn(decay) does. The first
  // call of either copies the model; from then on it costs memory, and each call a pass over it.
  void add(double decay);

  // Every model added counts the same, as AveragedModel does by default on the CPU.
  void add_evenly();

  // Names and order of the model's; empty before the first call.
  const ModelTensors& tensors() const { return average_; }

  // n_averaged, and model: a state dict that the model's own loading takes.
  void save(Archive& archive) const;
  void load(const Archive& archive);

 private:
  bool add_first();
  void start();
  void copy_buffers();

  ModelTensors model_;  // live handles
  Buffers buffers_;
  ModelTensors average_;
  std::int64_t count_ = 0;
  std::vector<at::Tensor> averaged_reals_, model_reals_;        // moved together
  std::vector<at::Tensor> averaged_integers_, model_integers_;  // counters
  std::vector<at::Tensor> copied_, model_copied_;
};

}  // namespace r50
