// `shapes`: a data set that is drawn, not read. It is what r50 trains on before any image has been
// downloaded, and what its tests train on.

#include <algorithm>
#include <optional>
#include <string>

#include "r50/dataset.h"
#include "r50/random.h"
#include "shapes_drawing/scene.h"

namespace {

using shapes::all_shapes;

struct ShapesConfig {
  std::int64_t train_images = 16000;
  std::int64_t evaluate_images = 2000;
  std::int64_t classes = 10;
  std::optional<std::int64_t> size;
  std::int64_t seed = 1;
};

// Raise it with any change to the drawing: a run is not continued over other images.
constexpr const char* drawing = "shapes 2";

class Shapes final : public r50::Dataset {
 public:
  static r50::Schema<ShapesConfig> schema() {
    using r50::at_least, r50::in;
    return r50::Schema<ShapesConfig>(
               "Drawn pictures of shapes. The shape is the class; colours, place, scale, rotation, "
               "background and noise are independent of it.")
        .field("train_images", &ShapesConfig::train_images, "training images", at_least(1))
        .field("evaluate_images", &ShapesConfig::evaluate_images,
               "evaluation images, drawn apart from the training images", at_least(1))
        .field("classes", &ShapesConfig::classes, "how many kinds of shapes",
               in(2, static_cast<double>(all_shapes().size())))
        .field("size", &ShapesConfig::size,
               "pixels a side of the stored images; if not set, [data] image_size", in(8, 1024))
        .field("seed", &ShapesConfig::seed,
               "which pictures are drawn; apart from [run] seed, so that runs of several seeds "
               "train on the same data",
               at_least(0));
  }

  Shapes(const ShapesConfig& config, const r50::DatasetFacts& facts)
      : seed_(static_cast<std::uint64_t>(config.seed)),
        classes_(config.classes),
        size_(static_cast<int>(config.size.value_or(facts.image_size))) {
    for (const shapes::Shape& shape : all_shapes().first(static_cast<std::size_t>(classes_))) {
      info_.classes.emplace_back(shape.name);
    }
    info_.train_images = config.train_images;
    info_.evaluate_images = config.evaluate_images;
    info_.mean = {0.5, 0.5, 0.5};
    info_.std = {0.28, 0.28, 0.28};
    info_.fingerprint = std::string(drawing) + ": seed " + std::to_string(seed_) + ", " +
                        std::to_string(classes_) + " classes, " + std::to_string(size_) +
                        " pixels, " + std::to_string(info_.train_images) + " + " +
                        std::to_string(info_.evaluate_images) + " images";
  }

  const r50::DatasetInfo& info() const override { return info_; }

  r50::Sample read(r50::Split split, std::int64_t index, r50::SampleBuffer& buffer) const override {
    // Each thread keeps its scratch, so that drawing allocates nothing.
    thread_local shapes::Scene scene;
    const std::size_t bytes = static_cast<std::size_t>(size_) * static_cast<std::size_t>(size_) * 3;
    if (buffer.bytes.size() < bytes) buffer.bytes.resize(bytes);
    const std::span<std::uint8_t> pixels(buffer.bytes.data(), bytes);
    // The splits differ in the key, so no evaluation image is ever a training image.
    r50::Random random({.seed = seed_,
                        .stream = r50::Stream::sample_content,
                        .epoch = split == r50::Split::train ? 0u : 1u,
                        .sample = static_cast<std::uint64_t>(index)});
    const std::int64_t label = index % classes_;
    scene.draw(all_shapes()[static_cast<std::size_t>(label)].outline, size_, random, pixels);
    return {
        .form = r50::Sample::Form::pixels, .bytes = pixels, .size = {size_, size_}, .label = label};
  }

  std::string name_of(r50::Split split, std::int64_t index) const override {
    return info_.classes[static_cast<std::size_t>(index % classes_)] + " " + std::to_string(index) +
           (split == r50::Split::train ? " (train)" : " (evaluate)");
  }

 private:
  std::uint64_t seed_;
  std::int64_t classes_;
  int size_;
  r50::DatasetInfo info_;
};

}  // namespace

R50_PLUGIN(Shapes, "shapes")
