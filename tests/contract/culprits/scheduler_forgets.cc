#include "good/constant_rate.h"

// A plateau scheduler that does not save what it has seen.
struct Forgets final : ConstantRate {
  using ConstantRate::ConstantRate;
  r50::Rates rates(const r50::Progress&) const override { return {1.0 / (1 + epochs_)}; }
  void observe(const r50::EpochResult&) override { ++epochs_; }
  bool predictable() const override { return false; }

 private:
  int epochs_ = 0;
};

R50_PLUGIN(Forgets, "forgets")
