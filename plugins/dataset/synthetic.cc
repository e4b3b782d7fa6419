// `synthetic`: noise that is ready in memory, so that what is measured is everything but the data.

#include <string>
#include <vector>

#include "r50/dataset.h"
#include "r50/random.h"

namespace {

struct SyntheticConfig {
  std::int64_t train_images = 12800;
  std::int64_t evaluate_images = 1000;
  std::int64_t classes = 1000;
};

class Synthetic final : public r50::Dataset {
 public:
  static r50::Schema<SyntheticConfig> schema() {
    return r50::Schema<SyntheticConfig>(
               "A few images of noise in memory, for measuring: reading costs nothing and nothing "
               "can be learned.")
        .field("train_images", &SyntheticConfig::train_images, "training images", r50::at_least(1))
        .field("evaluate_images", &SyntheticConfig::evaluate_images, "evaluation images",
               r50::at_least(1))
        .field("classes", &SyntheticConfig::classes, "number of labels", r50::in(2, 1000000));
  }

  Synthetic(const SyntheticConfig& config, const r50::DatasetFacts& facts)
      : size_(static_cast<int>(facts.image_size)),
        image_bytes_(static_cast<std::size_t>(size_) * static_cast<std::size_t>(size_) * 3),
        pixels_(image_bytes_ * ready) {
    for (std::int64_t i = 0; i < config.classes; ++i) {
      info_.classes.push_back("class " + std::to_string(i));
    }
    info_.train_images = config.train_images;
    info_.evaluate_images = config.evaluate_images;
    info_.fingerprint = "synthetic 1: " + std::to_string(config.classes) + " classes, " +
                        std::to_string(size_) + " pixels, " + std::to_string(config.train_images) +
                        " + " + std::to_string(config.evaluate_images) + " images";
    r50::Random random({.seed = 1, .stream = r50::Stream::sample_content});
    for (std::size_t i = 0; i < pixels_.size(); i += 4) {
      const std::uint32_t four = random.bits();
      for (std::size_t k = 0; k < 4 && i + k < pixels_.size(); ++k) {
        pixels_[i + k] = static_cast<std::uint8_t>(four >> (8 * k));
      }
    }
  }

  const r50::DatasetInfo& info() const override { return info_; }

  r50::Sample read(r50::Split, std::int64_t index, r50::SampleBuffer&) const override {
    const std::size_t which = static_cast<std::size_t>(index) % ready;
    return {.form = r50::Sample::Form::pixels,
            .bytes = {pixels_.data() + which * image_bytes_, image_bytes_},
            .size = {size_, size_},
            .label = index % static_cast<std::int64_t>(info_.classes.size())};
  }

 private:
  static constexpr std::size_t ready = 16;  // more than fit a core's cache, few enough to be made
                                            // in milliseconds
  int size_;
  std::size_t image_bytes_;
  std::vector<std::uint8_t> pixels_;
  r50::DatasetInfo info_;
};

}  // namespace

R50_PLUGIN(Synthetic, "synthetic")
