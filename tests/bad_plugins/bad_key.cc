#include "good/constant_rate.h"

class Choosy final : public ConstantRate {
 public:
  Choosy(const ConstantRateConfig& config, const r50::RunFacts& facts)
      : ConstantRate(config, facts) {
    throw r50::BadKey("lr", "no rate suits a run of this length", "use another scheduler");
  }
};

R50_PLUGIN(Choosy, "bad_key")
