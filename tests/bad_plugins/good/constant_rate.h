#pragma once

// A scheduler that is as small as a plugin gets: what the bad plugins are bad copies of.

#include "r50/scheduler.h"

struct ConstantRateConfig {
  double lr = 0.1;
};

class ConstantRate : public r50::Scheduler {
 public:
  static r50::Schema<ConstantRateConfig> schema() {
    return r50::Schema<ConstantRateConfig>("The same learning rate in every step.")
        .field("lr", &ConstantRateConfig::lr, "the learning rate of all steps", r50::in(0, 100));
  }
  ConstantRate(const ConstantRateConfig& config, const r50::RunFacts&) : config_(config) {}
  r50::Rates rates(const r50::Progress&) const override { return {config_.lr, std::nullopt}; }

 private:
  ConstantRateConfig config_;
};
