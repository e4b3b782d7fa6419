#include "r50/augmentation.h"

namespace {

struct FlipConfig {
  double p = 0.5;
};

class Flip final : public r50::RegionStage {
 public:
  static r50::Schema<FlipConfig> schema() {
    return r50::Schema<FlipConfig>(
               "Mirrors images left to right (torchvision's "
               "RandomHorizontalFlip). Costs nothing: it is done by the resize.")
        .field("p", &FlipConfig::p, "probability", r50::in(0, 1));
  }

  Flip(FlipConfig config, const r50::RunFacts&) : p_(config.p) {}

  void choose(r50::Region& region, r50::ImageSize, r50::Random& random) const override {
    if (random.chance(p_)) region.flip = !region.flip;
  }

 private:
  double p_;
};

}  // namespace

R50_PLUGIN(Flip, "flip")
