#pragma once

#include <optional>

#include "r50/plugin.h"
#include "r50/progress.h"
#include "r50/weights.h"

namespace r50 {

struct AveragingFacts : RunFacts {
  ModelTensors model;  // the plain weights, live
  std::string name;    // of the weight set it offers
};

// Keeps an average of the weights beside training, and never changes training.
class Averaging : public Plugin {
 public:
  static constexpr Kind kind = Kind::averaging;
  using Facts = AveragingFacts;
  ~Averaging() override;

  // [training thread, no gradient recorded] `done` counts the step just taken: done.step >= 1.
  virtual void after_step(const Progress& done) = 0;

  // The average, once there is one. Its tensors are the averager's own: evaluation may swap their
  // statistics (bn_stale) but leaves them as it found them.
  virtual std::optional<WeightSet> weights() const = 0;
};

}  // namespace r50
