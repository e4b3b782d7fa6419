#include <algorithm>
#include <cmath>

#include "r50/augmentation.h"

namespace {

struct RandomResizedCropConfig {
  std::vector<double> scale = {0.08, 1.0};
  std::vector<double> ratio = {3.0 / 4.0, 4.0 / 3.0};
};

// torchvision's rule, step by step: ten tries to fit a box of a random area and shape, then the
// largest box in the middle whose shape is allowed.
class RandomResizedCrop final : public r50::RegionStage {
 public:
  static r50::Schema<RandomResizedCropConfig> schema() {
    return r50::Schema<RandomResizedCropConfig>(
               "A box of random area, shape and place, resized to the image size (torchvision's "
               "RandomResizedCrop).")
        .field("scale", &RandomResizedCropConfig::scale,
               "smallest and largest area of the box, as a share of the image",
               r50::Limits{.min = 0, .max = 1, .above_min = true, .length = 2})
        .field("ratio", &RandomResizedCropConfig::ratio,
               "smallest and largest width / height of the box", r50::above(0).of(2))
        .check([](const RandomResizedCropConfig& config, r50::Checks& checks) {
          if (config.scale[0] > config.scale[1]) {
            checks.wrong("scale", "the smallest scale is larger than the largest");
          }
          if (config.ratio[0] > config.ratio[1]) {
            checks.wrong("ratio", "the smallest ratio is larger than the largest");
          }
        });
  }

  RandomResizedCrop(RandomResizedCropConfig config, const r50::RunFacts&)
      : config_(std::move(config)),
        log_low_(r50::exact::log(config_.ratio[0])),
        log_high_(r50::exact::log(config_.ratio[1])) {}

  void choose(r50::Region& region, r50::ImageSize, r50::Random& random) const override {
    const auto height = static_cast<std::int64_t>(region.height);
    const auto width = static_cast<std::int64_t>(region.width);
    const double area = static_cast<double>(height * width);
    region.crop_first = true;
    for (int tries = 0; tries < 10; ++tries) {
      const double wanted = area * random.uniform(config_.scale[0], config_.scale[1]);
      const double aspect = r50::exact::exp(random.uniform(log_low_, log_high_));
      const double w = std::nearbyint(std::sqrt(wanted * aspect));
      const double h = std::nearbyint(std::sqrt(wanted / aspect));
      if (w < 1 || h < 1 || w > static_cast<double>(width) || h > static_cast<double>(height)) {
        continue;
      }
      region.top += static_cast<double>(random.below(height - static_cast<std::int64_t>(h) + 1));
      region.left += static_cast<double>(random.below(width - static_cast<std::int64_t>(w) + 1));
      region.height = h;
      region.width = w;
      return;
    }
    take_middle(region, height, width);
  }

 private:
  void take_middle(r50::Region& region, std::int64_t height, std::int64_t width) const {
    const double shape = static_cast<double>(width) / static_cast<double>(height);
    double h = static_cast<double>(height), w = static_cast<double>(width);
    if (shape < config_.ratio[0]) h = std::nearbyint(w / config_.ratio[0]);
    if (shape > config_.ratio[1]) w = std::nearbyint(h * config_.ratio[1]);
    h = std::clamp(h, 1.0, static_cast<double>(height));
    w = std::clamp(w, 1.0, static_cast<double>(width));
    region.top += std::floor((static_cast<double>(height) - h) / 2);
    region.left += std::floor((static_cast<double>(width) - w) / 2);
    region.height = h;
    region.width = w;
  }

  RandomResizedCropConfig config_;
  double log_low_, log_high_;
};

}  // namespace

R50_PLUGIN(RandomResizedCrop, "random_resized_crop")
