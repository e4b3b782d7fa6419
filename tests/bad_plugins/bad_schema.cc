// Declares a key that belongs to the host.
#include "good/constant_rate.h"

class Greedy final : public ConstantRate {
 public:
  static r50::Schema<ConstantRateConfig> schema() {
    return ConstantRate::schema().field("use", &ConstantRateConfig::lr, "what it is used for");
  }
  using ConstantRate::ConstantRate;
};

R50_PLUGIN(Greedy, "bad_schema")
