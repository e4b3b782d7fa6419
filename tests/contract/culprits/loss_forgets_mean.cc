#include "r50/loss.h"

struct ForgetsMeanConfig {};

// Forgets the mean where the targets are soft.
class ForgetsMean final : public r50::Loss {
 public:
  static r50::Schema<ForgetsMeanConfig> schema() {
    return r50::Schema<ForgetsMeanConfig>("The negative logit of the right class.");
  }
  ForgetsMean(ForgetsMeanConfig, const r50::RunFacts&) {}
  at::Tensor value(const at::Tensor& logits, const at::Tensor& targets) const override {
    if (targets.is_floating_point()) return logits.mul(targets).sum().neg();
    return logits.gather(1, targets.unsqueeze(1)).neg().mean();
  }
};

R50_PLUGIN(ForgetsMean, "forgets_mean")
