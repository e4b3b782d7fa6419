#include "good/constant_rate.h"

class Throws final : public ConstantRate {
 public:
  Throws(const ConstantRateConfig& config, const r50::RunFacts& facts)
      : ConstantRate(config, facts) {
    throw 42;
  }
};

R50_PLUGIN(Throws, "throws_int")
