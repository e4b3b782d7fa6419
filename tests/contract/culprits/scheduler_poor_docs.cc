#include "good/constant_rate.h"

struct PoorDocs final : ConstantRate {
  static r50::Schema<ConstantRateConfig> schema() {
    return r50::Schema<ConstantRateConfig>("The same rate in every step.")
        .field("peak_rate", &ConstantRateConfig::lr, "Peak rate.", r50::in(0, 100));
  }
  using ConstantRate::ConstantRate;
};

R50_PLUGIN(PoorDocs, "poor_docs")
