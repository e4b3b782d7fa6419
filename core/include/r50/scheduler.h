#pragma once

#include <optional>

#include "r50/plugin.h"
#include "r50/progress.h"

namespace r50 {

// The rates used in one step.
struct Rates {
  double lr = 0;
  std::optional<double> momentum = std::nullopt;  // none: the optimizer's own
};

// A policy: asked before each step, on the training thread. Only observe() may change state.
class Scheduler : public Plugin {
 public:
  static constexpr Kind kind = Kind::scheduler;
  using Facts = RunFacts;
  ~Scheduler() override;

  virtual Rates rates(const Progress& progress) const = 0;

  // After each epoch, evaluated or not.
  virtual void observe(const EpochResult& result);

  // False if rates() depends on what observe() was given: `r50run schedule` then says so.
  virtual bool predictable() const { return true; }
};

}  // namespace r50
