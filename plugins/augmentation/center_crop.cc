#include <algorithm>
#include <cmath>

#include "r50/augmentation.h"

namespace {

struct CenterCropConfig {
  double ratio = 0.875;
};

// torchvision's Resize(short side) followed by CenterCrop, as one box in the stored image: only
// that part is decoded, and its pixels are the same. The roundings are torchvision's.
class CenterCrop final : public r50::RegionStage {
 public:
  static r50::Schema<CenterCropConfig> schema() {
    return r50::Schema<CenterCropConfig>(
               "The middle of the image: its short side is resized to image_size / ratio, then "
               "image_size pixels are cropped (torchvision's Resize and CenterCrop).")
        .field("ratio", &CenterCropConfig::ratio,
               "image size / resized short side; 0.875 resizes to 256 for 224",
               r50::Limits{.min = 0, .max = 1, .above_min = true});
  }

  CenterCrop(CenterCropConfig config, const r50::RunFacts&) : ratio_(config.ratio) {}

  void choose(r50::Region& region, r50::ImageSize image, r50::Random&) const override {
    const int shorter = std::min(image.height, image.width);
    const int longer = std::max(image.height, image.width);
    const auto resized_short =
        static_cast<int>(std::lround(std::max(region.output.height, region.output.width) / ratio_));
    const auto resized_long =
        static_cast<int>(static_cast<std::int64_t>(resized_short) * longer / shorter);
    const bool tall = image.height >= image.width;
    const int height = tall ? resized_long : resized_short;
    const int width = tall ? resized_short : resized_long;
    const double down = static_cast<double>(image.height) / height;
    const double across = static_cast<double>(image.width) / width;
    region.crop_first = false;
    region.top = std::nearbyint((height - region.output.height) / 2.0) * down;
    region.left = std::nearbyint((width - region.output.width) / 2.0) * across;
    region.height = region.output.height * down;
    region.width = region.output.width * across;
  }

 private:
  double ratio_;
};

}  // namespace

R50_PLUGIN(CenterCrop, "center_crop")
