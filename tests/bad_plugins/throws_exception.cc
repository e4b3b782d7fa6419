#include <stdexcept>

#include "good/constant_rate.h"

class Throws final : public ConstantRate {
 public:
  Throws(const ConstantRateConfig& config, const r50::RunFacts& facts)
      : ConstantRate(config, facts) {
    throw std::runtime_error("the moon is in the wrong house");
  }
};

R50_PLUGIN(Throws, "throws_exception")
