#include <ATen/ops/cross_entropy_loss.h>
#include <r50/loss.h>

namespace {

struct CrossEntropyConfig {
  double label_smoothing = 0;
};

// torch.nn.functional.cross_entropy with reduction "mean".
class CrossEntropy final : public r50::Loss {
 public:
  static r50::Schema<CrossEntropyConfig> schema() {
    return r50::Schema<CrossEntropyConfig>("Cross entropy of labels or of mixed targets.")
        .field("label_smoothing", &CrossEntropyConfig::label_smoothing,
               "share of each target that is spread over all classes", r50::in(0, 1));
  }

  CrossEntropy(CrossEntropyConfig config, const r50::RunFacts&) : config_(config) {}

  at::Tensor value(const at::Tensor& logits, const at::Tensor& targets) const override {
    // A sum over classes in 16 bits would lose the small losses of a trained model.
    const at::Tensor exact =
        at::isReducedFloatingType(logits.scalar_type()) ? logits.to(at::kFloat) : logits;
    constexpr std::int64_t ignore_index = -100;
    return at::cross_entropy_loss(exact, targets, {}, at::Reduction::Mean, ignore_index,
                                  config_.label_smoothing);
  }

 private:
  CrossEntropyConfig config_;
};

}  // namespace

R50_PLUGIN(CrossEntropy, "cross_entropy")
