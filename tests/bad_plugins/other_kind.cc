// Its file says scheduler.
#include "r50/loss.h"

struct NoLossConfig {};

class NoLoss final : public r50::Loss {
 public:
  static r50::Schema<NoLossConfig> schema() {
    return r50::Schema<NoLossConfig>("The logits' sum, whatever the targets are.");
  }
  NoLoss(NoLossConfig, const r50::RunFacts&) {}
  at::Tensor value(const at::Tensor& logits, const at::Tensor&) const override {
    return logits.sum();
  }
};

R50_PLUGIN(NoLoss, "other_kind")
