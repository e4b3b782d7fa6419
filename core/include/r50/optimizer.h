#pragma once

#include "r50/plugin.h"
#include "r50/progress.h"
#include "r50/scheduler.h"
#include "r50/weights.h"

namespace r50 {

struct OptimizerFacts : RunFacts {
  NamedTensors parameters;  // fp32 masters; their gradients stand in tensor.grad()
};

// Recomputes the gradients of the same batch at the weights as they now are (SAM and the like).
// Returns the loss.
class Gradients {
 public:
  virtual ~Gradients();
  virtual double again() = 0;
};

class Optimizer : public Plugin {
 public:
  static constexpr Kind kind = Kind::optimizer;
  using Facts = OptimizerFacts;
  ~Optimizer() override;

  // [training thread, no gradient recorded] Changes the parameters by their gradients.
  virtual void step(const Rates& rates, Gradients& gradients) = 0;

  // Whether step number `step` will call gradients.again().
  virtual bool wants_again(std::int64_t step) const;

  // The momentum in force when the scheduler gives none; for logs.
  virtual double momentum() const;

  // Some methods train at other weights than they evaluate at (schedule-free).
  enum class Phase { train, evaluate };
  virtual void weights_for(Phase phase);
};

}  // namespace r50
