// A plugin that holds another.
#include <utility>

#include "r50/scheduler.h"

struct ChainConfig {
  r50::Held<r50::Scheduler> inner;
  double factor = 1;
};

class Chain final : public r50::Scheduler {
 public:
  static r50::Schema<ChainConfig> schema() {
    return r50::Schema<ChainConfig>("Another scheduler's rates times a factor.")
        .plugin("inner", &ChainConfig::inner, "the scheduler whose rates are used", r50::required())
        .field("factor", &ChainConfig::factor, "what its rates are multiplied by", r50::above(0))
        .check([](const ChainConfig& config, r50::Checks& checks) {
          if (config.factor == 13) throw 13;  // a rule that fails by mistake
          if (config.factor > 100) checks.wrong("factor", "a factor above 100 makes no sense");
        });
  }
  Chain(ChainConfig config, const r50::RunFacts&) : config_(std::move(config)) {}
  r50::Rates rates(const r50::Progress& progress) const override {
    r50::Rates rates =
        config_.inner.call([&](const r50::Scheduler& inner) { return inner.rates(progress); });
    rates.lr *= config_.factor;
    return rates;
  }

 private:
  ChainConfig config_;
};

R50_PLUGIN(Chain, "chain")
