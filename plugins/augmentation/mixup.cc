#include "r50/augmentation.h"

namespace {

struct MixupConfig {
  double alpha = 0.2;
  double p = 1.0;
};

// Each image is mixed with its neighbour in the micro-batch (roll by one, as torchvision's MixUp),
// in one proportion for the whole micro-batch.
class Mixup final : public r50::BatchStage {
 public:
  static r50::Schema<MixupConfig> schema() {
    return r50::Schema<MixupConfig>(
               "Mixes each image and its target with another of the micro-batch, in a proportion "
               "drawn from Beta(alpha, alpha) (Zhang et al., 2018). Stands after normalize.")
        .field("alpha", &MixupConfig::alpha, "larger mixes more evenly", r50::above(0))
        .field("p", &MixupConfig::p, "probability that a micro-batch is mixed", r50::in(0, 1));
  }

  Mixup(MixupConfig config, const r50::RunFacts& facts)
      : config_(config), classes_(facts.classes) {}

  void apply(r50::MicroBatch& micro_batch, r50::Random& random) const override {
    if (!micro_batch.images.is_floating_point()) {
      throw r50::Error("mixup works on normalised images. Put normalize before it.");
    }
    if (!random.chance(config_.p)) return;
    const double part = random.beta(config_.alpha, config_.alpha);
    micro_batch.images = mixed(micro_batch.images, part);
    micro_batch.targets = mixed(as_shares(micro_batch.targets), part);
  }

 private:
  static at::Tensor mixed(const at::Tensor& own, double part) {
    return own.roll(1, 0).mul_(1 - part).add_(own.mul(part));
  }

  // Labels as one row of shares an image; another mixing stage may have made them already.
  at::Tensor as_shares(const at::Tensor& targets) const {
    if (targets.dim() == 2) return targets;
    const at::Tensor shares = targets.new_zeros({targets.size(0), classes_}, at::kFloat);
    return shares.scatter_(1, targets.unsqueeze(1), 1.0);
  }

  MixupConfig config_;
  std::int64_t classes_;
};

}  // namespace

R50_PLUGIN(Mixup, "mixup")
