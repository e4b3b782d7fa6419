#include <r50/model.h>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

enum class Stem { imagenet, small };

struct ResNetConfig {
  std::int64_t depth = 50;
  Stem stem = Stem::imagenet;
  std::int64_t width = 64;
  bool zero_init_residual = false;
};

struct Shape {
  bool bottleneck;
  std::array<int, 4> blocks;  // of each of the four stages
};

const std::map<std::int64_t, Shape>& shapes() {
  static const std::map<std::int64_t, Shape> all = {{18, {false, {2, 2, 2, 2}}},
                                                    {34, {false, {3, 4, 6, 3}}},
                                                    {50, {true, {3, 4, 6, 3}}},
                                                    {101, {true, {3, 4, 23, 3}}},
                                                    {152, {true, {3, 8, 36, 3}}}};
  return all;
}

struct Unit {
  Unit(std::string tap_name, const std::string& conv, const std::string& norm,
       const r50::ConvNormOptions& options, r50::ModelTensors& tensors)
      : name(std::move(tap_name)),
        layer(std::make_unique<r50::ConvNorm>(conv, norm, options, tensors)) {}

  std::string name;
  std::unique_ptr<r50::ConvNorm> layer;
};

// Some units in a row, whose last adds the block's input before its activation.
class Block {
 public:
  // "v1.5": the stride of a bottleneck stands at its 3x3, not at its first 1x1.
  Block(const std::string& name, bool bottleneck, std::int64_t in, std::int64_t width,
        std::int64_t stride, r50::ModelTensors& tensors)
      : out_(bottleneck ? 4 * width : width) {
    const auto add = [&](r50::ConvOptions conv) {
      const std::string number = std::to_string(units_.size() + 1);
      units_.emplace_back(name + ".conv" + number, name + ".conv" + number, name + ".bn" + number,
                          r50::ConvNormOptions{.conv = conv}, tensors);
    };
    if (bottleneck) {
      add({.in = in, .out = width});
      add({.in = width, .out = width, .kernel = 3, .stride = stride, .padding = 1});
      add({.in = width, .out = out_});
    } else {
      add({.in = in, .out = width, .kernel = 3, .stride = stride, .padding = 1});
      add({.in = width, .out = out_, .kernel = 3, .padding = 1});
    }
    if (stride != 1 || in != out_) {
      const std::string shortcut = name + ".downsample";
      shortcut_.emplace(shortcut, shortcut + ".0", shortcut + ".1",
                        r50::ConvNormOptions{.conv = {.in = in, .out = out_, .stride = stride},
                                             .act = r50::Act::none},
                        tensors);
    }
  }

  r50::Fork forward(const r50::Fork& x, r50::Tap& tap) {
    at::Tensor y = x.main;
    for (std::size_t i = 0; i + 1 < units_.size(); ++i)
      y = tap(units_[i].name, *units_[i].layer, y);
    const at::Tensor residual =
        shortcut_ ? tap(shortcut_->name, *shortcut_->layer, x.shortcut) : x.shortcut;
    return tap.fork(units_.back().name, *units_.back().layer, y, residual);
  }

  void set_training(bool training) {
    for (Unit& unit : units_) unit.layer->set_training(training);
    if (shortcut_) shortcut_->layer->set_training(training);
  }

  void start_as_identity() { units_.back().layer->norm().zero_gain(); }
  std::int64_t out() const { return out_; }

 private:
  std::int64_t out_;
  std::vector<Unit> units_;
  std::optional<Unit> shortcut_;
};

class ResNet final : public r50::Model {
 public:
  static r50::Schema<ResNetConfig> schema() {
    return r50::Schema<ResNetConfig>("ResNet v1.5, with torchvision's parameter names.")
        .field("depth", &ResNetConfig::depth, "number of layers: 18, 34, 50, 101 or 152",
               r50::in(18, 152))
        .choice("stem", &ResNetConfig::stem,
                "imagenet: 7x7 convolution and pooling, a quarter of the image's side; small: 3x3 "
                "convolution at full size, for images up to 64 pixels",
                {{"imagenet", Stem::imagenet}, {"small", Stem::small}})
        .field("width", &ResNetConfig::width,
               "channels of the first stage, a multiple of 32; each further stage has twice those "
               "of the one before. 32 gives a quarter of the weights, to try something out",
               r50::in(32, 512))
        .field("zero_init_residual", &ResNetConfig::zero_init_residual,
               "start every block as the identity")
        .check([](const ResNetConfig& config, r50::Checks& checks) {
          if (!shapes().contains(config.depth)) {
            checks.wrong("depth", "there is no ResNet-" + std::to_string(config.depth),
                         "known depths: 18, 34, 50, 101, 152");
          }
          if (config.width % 32 != 0) {
            checks.wrong("width", "is no multiple of 32", "for example 32, 64 or 128");
          }
        });
  }

  ResNet(ResNetConfig config, const r50::RunFacts& facts) {
    const Shape& shape = shapes().at(config.depth);
    add_stem(config, facts.channels);
    std::int64_t channels = config.width;
    for (std::size_t stage = 0; stage < shape.blocks.size(); ++stage) {
      const std::int64_t width = config.width << stage;
      for (int i = 0; i < shape.blocks[stage]; ++i) {
        const std::string name = "layer" + std::to_string(stage + 1) + "." + std::to_string(i);
        const std::int64_t stride = stage > 0 && i == 0 ? 2 : 1;
        blocks_.emplace_back(name, shape.bottleneck, channels, width, stride, tensors_);
        channels = blocks_.back().out();
      }
    }
    head_ = std::make_unique<r50::PoolLinear>("fc", channels, facts.classes, tensors_);
    r50::kaiming_normal(tensors_.parameters);
    if (config.zero_init_residual) {
      for (Block& block : blocks_) block.start_as_identity();
    }
  }

  at::Tensor forward(const at::Tensor& images, r50::Tap& tap) override {
    r50::Fork x = tap.fork(stem_->name, *stem_->layer, images);
    for (Block& block : blocks_) x = block.forward(x, tap);
    return tap("fc", *head_, x.main);
  }

  r50::ModelTensors tensors() override { return tensors_; }

  void set_training(bool training) override {
    stem_->layer->set_training(training);
    for (Block& block : blocks_) block.set_training(training);
  }

 private:
  void add_stem(const ResNetConfig& config, std::int64_t channels) {
    r50::ConvNormOptions options;
    if (config.stem == Stem::imagenet) {
      options.conv = {.in = channels, .out = config.width, .kernel = 7, .stride = 2, .padding = 3};
      options.pool = true;
    } else {
      options.conv = {.in = channels, .out = config.width, .kernel = 3, .padding = 1};
    }
    stem_.emplace("conv1", "conv1", "bn1", options, tensors_);
  }

  r50::ModelTensors tensors_;
  std::optional<Unit> stem_;
  std::vector<Block> blocks_;
  std::unique_ptr<r50::PoolLinear> head_;
};

}  // namespace

R50_PLUGIN(ResNet, "resnet")
