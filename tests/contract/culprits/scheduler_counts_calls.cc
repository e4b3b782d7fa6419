#include "good/constant_rate.h"

// Takes being asked for a step being taken; starts over once it has been asked often enough.
struct CountsCalls final : ConstantRate {
  using ConstantRate::ConstantRate;
  r50::Rates rates(const r50::Progress&) const override { return {0.01 * (calls_++ % 100)}; }

 private:
  mutable int calls_ = 0;
};

R50_PLUGIN(CountsCalls, "counts_calls")
