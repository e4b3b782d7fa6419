#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/ops/randn.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "r50/model.h"
#include "support/plugins/plugin_under_test.h"

namespace r50::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Held<Model> resnet(const std::string& keys, std::int64_t classes = 1000) {
  at::set_num_threads(1);  // small tensors: on a busy machine OpenMP's barriers cost the most
  RunFacts facts = some_run();
  facts.classes = classes;
  return build<Model>("use = 'resnet'\n" + keys, facts);
}

ModelTensors tensors_of(const Held<Model>& model) {
  return model.call([](auto& it) { return it.tensors(); });
}

std::int64_t parameters(const Held<Model>& model) {
  std::int64_t count = 0;
  for (const auto& [name, tensor] : tensors_of(model).parameters) count += tensor.numel();
  return count;
}

at::Tensor images(std::int64_t n, std::int64_t size) {
  return at::randn({n, 3, size, size}, at::TensorOptions(at::kFloat))
      .contiguous(at::MemoryFormat::ChannelsLast);
}

// What the calls through the tap cost, and their names.
class Counter final : public Tap {
 public:
  at::Tensor operator()(std::string_view name, Layer& layer, const at::Tensor& x,
                        const at::Tensor& residual) override {
    names.emplace_back(name);
    multiply_adds += layer.multiply_adds(x.sizes());
    return Tap::operator()(name, layer, x, residual);
  }
  std::vector<std::string> names;
  std::int64_t multiply_adds = 0;
};

TEST(ResNet, HasTorchvisionsCounts) {
  EXPECT_EQ(parameters(resnet("depth = 18")), 11'689'512);
  EXPECT_EQ(parameters(resnet("depth = 34")), 21'797'672);
  EXPECT_EQ(parameters(resnet("depth = 50")), 25'557'032);
  EXPECT_EQ(parameters(resnet("depth = 101")), 44'549'160);
  EXPECT_EQ(parameters(resnet("depth = 152")), 60'192'808);
}

TEST(ResNet, NamesItsTensorsInTheOrderOfConstruction) {
  const ModelTensors tensors = tensors_of(resnet("depth = 50"));
  std::vector<std::string> first;
  for (int i = 0; i < 15; ++i) first.push_back(tensors.parameters[i].name);
  EXPECT_THAT(
      first, ElementsAre("conv1.weight", "bn1.weight", "bn1.bias", "layer1.0.conv1.weight",
                         "layer1.0.bn1.weight", "layer1.0.bn1.bias", "layer1.0.conv2.weight",
                         "layer1.0.bn2.weight", "layer1.0.bn2.bias", "layer1.0.conv3.weight",
                         "layer1.0.bn3.weight", "layer1.0.bn3.bias", "layer1.0.downsample.0.weight",
                         "layer1.0.downsample.1.weight", "layer1.0.downsample.1.bias"));
  EXPECT_EQ(tensors.parameters.back().name, "fc.bias");
  std::set<std::string> names;
  for (const auto& [name, tensor] : tensors.parameters) EXPECT_TRUE(names.insert(name).second);
  for (const auto& [name, tensor] : tensors.buffers) EXPECT_TRUE(names.insert(name).second);
  EXPECT_EQ(names.size(), 161 + 159);
}

TEST(ResNet, CallsEveryLayerThroughTheTapAndCostsWhatIsPublished) {
  const auto model = resnet("depth = 50");
  model.call([](auto& it) { it.set_training(false); });
  Counter counter;
  const at::NoGradGuard no_gradient;
  const at::Tensor logits =
      model.call([&](auto& it) { return it.forward(images(1, 224), counter); });
  EXPECT_THAT(logits.sizes().vec(), ElementsAre(1, 1000));
  EXPECT_EQ(counter.names.size(), 53 + 1);
  EXPECT_EQ(counter.names.front(), "conv1");
  EXPECT_EQ(counter.names.back(), "fc");
  EXPECT_THAT(counter.names, testing::Contains("layer1.0.downsample"));
  EXPECT_EQ(counter.multiply_adds, 4'089'184'256);  // 4.09 GMAC
}

TEST(ResNet, SmallStemKeepsTheSize) {
  const auto model = resnet("depth = 18\nstem = 'small'", 10);
  class FirstInput final : public Tap {
   public:
    at::Tensor operator()(std::string_view name, Layer& layer, const at::Tensor& x,
                          const at::Tensor& residual) override {
      if (name == "layer1.0.conv1") size = x.size(2);
      return Tap::operator()(name, layer, x, residual);
    }
    std::int64_t size = 0;
  } tap;
  const at::Tensor logits = model.call([&](auto& it) { return it.forward(images(2, 32), tap); });
  EXPECT_EQ(tap.size, 32);
  EXPECT_THAT(logits.sizes().vec(), ElementsAre(2, 10));
}

TEST(ResNet, ZeroInitResidualStartsEveryBlockAsItsShortcut) {
  const ModelTensors tensors = tensors_of(resnet("depth = 18\nzero_init_residual = true", 10));
  int zero = 0, one = 0;
  for (const auto& [name, tensor] : tensors.parameters) {
    if (!name.ends_with(".weight") || tensor.dim() != 1) continue;
    const bool last = name.ends_with("bn2.weight");
    EXPECT_EQ(tensor.sum().item<double>(), last ? 0 : tensor.numel()) << name;
    ++(last ? zero : one);
  }
  EXPECT_EQ(zero, 8);
  EXPECT_EQ(one, 1 + 8 + 3);
}

TEST(ResNet, SameSeedSameWeights) {
  const auto draw = [](std::uint64_t seed) {
    at::manual_seed(seed);
    return tensors_of(resnet("depth = 18", 10)).parameters[0].tensor;
  };
  EXPECT_TRUE(draw(5).equal(draw(5)));
  EXPECT_FALSE(draw(5).equal(draw(6)));
}

TEST(ResNet, LearnsEveryParameter) {
  const auto model = resnet("depth = 18\nstem = 'small'", 10);
  Tap tap;
  const at::Tensor x = images(4, 16);
  model.call([&](auto& it) { return it.forward(x, tap); }).log_softmax(1).pow(2).sum().backward();
  for (const auto& [name, tensor] : tensors_of(model).parameters) {
    ASSERT_TRUE(tensor.grad().defined()) << name;
    EXPECT_GT(tensor.grad().abs().sum().item<double>(), 0) << name;
    EXPECT_EQ(tensor.grad().strides(), tensor.strides()) << name;
  }
}

TEST(ResNet, RefusesADepthThatThereIsNot) {
  const std::string report = problems(Kind::model, "use = 'resnet'\ndepth = 20");
  EXPECT_THAT(report, HasSubstr("test.toml:2"));
  EXPECT_THAT(report, HasSubstr("no ResNet-20"));
  EXPECT_THAT(report, HasSubstr("18, 34, 50, 101, 152"));
}

TEST(ResNet, RefusesAWidthThatItsKernelsCannotTake) {
  const std::string report = problems(Kind::model, "use = 'resnet'\nwidth = 80");
  EXPECT_THAT(report, HasSubstr("test.toml:2"));
  EXPECT_THAT(report, HasSubstr("no multiple of 32"));
}

}  // namespace
}  // namespace r50::test
