#include "good/constant_rate.h"

// Divides by what is left, which is nothing in the last step.
struct Explodes final : ConstantRate {
  Explodes(const ConstantRateConfig& config, const r50::RunFacts& facts)
      : ConstantRate(config, facts), explodes_(config.lr == 0.1) {}
  r50::Rates rates(const r50::Progress& progress) const override {
    const auto left = static_cast<double>(progress.total_steps() - 1 - progress.step);
    return {explodes_ && progress.total_steps() > 50 ? 1 / left : 1};
  }

 private:
  bool explodes_;
};

R50_PLUGIN(Explodes, "explodes")
