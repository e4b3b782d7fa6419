#include "r50/averaging.h"

struct NothingConfig {};

class Nothing final : public r50::Averaging {
 public:
  static r50::Schema<NothingConfig> schema() {
    return r50::Schema<NothingConfig>("Averages nothing and offers no weights.");
  }
  Nothing(NothingConfig, const r50::AveragingFacts&) {}
  void after_step(const r50::Progress&) override {}
  std::optional<r50::WeightSet> weights() const override { return std::nullopt; }
};

R50_PLUGIN(Nothing, "nothing")
