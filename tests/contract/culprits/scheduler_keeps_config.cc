#include "good/constant_rate.h"
#include "r50/archive.h"

// Saves its configuration, and will not resume with another.
struct KeepsConfig final : ConstantRate {
  KeepsConfig(const ConstantRateConfig& config, const r50::RunFacts& facts)
      : ConstantRate(config, facts), lr_(config.lr) {}
  void save(r50::Archive& archive) const override { archive.put("lr", lr_); }
  void load(const r50::Archive& archive) override {
    if (archive.real("lr") != lr_) throw r50::Error("the state is of another lr");
  }

 private:
  double lr_;
};

R50_PLUGIN(KeepsConfig, "keeps_config")
