#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "r50/archive.h"
#include "r50/optimizer.h"
#include "support/plugins/plugin_under_test.h"

namespace r50::test {
namespace {

using testing::HasSubstr;

class NoGradients final : public Gradients {
 public:
  double again() override { throw Error("not asked for"); }
};

at::Tensor ones(at::IntArrayRef sizes) {
  return at::full(sizes, 1.0, at::TensorOptions(at::kFloat)).set_requires_grad(true);
}

OptimizerFacts some_network() {
  return {some_run(),
          {{"conv1.weight", ones({2, 2, 1, 1})},
           {"bn1.weight", ones({2})},
           {"bn1.bias", ones({2})},
           {"layer1.0.downsample.1.weight", ones({2})},
           {"layer1.0.downsample.1.bias", ones({2})},
           {"fc.weight", ones({3, 2})},
           {"fc.bias", ones({3})}}};
}

void step(const Held<Optimizer>& sgd, const NamedTensors& parameters, double gradient,
          Rates rates) {
  const at::NoGradGuard no_gradient;
  for (const auto& [name, tensor] : parameters) {
    tensor.mutable_grad() = at::full(tensor.sizes(), gradient, tensor.options());
  }
  NoGradients gradients;
  sgd.call([&](auto& it) { it.step(rates, gradients); });
}

double first(const at::Tensor& tensor) { return tensor.flatten()[0].item<double>(); }

// Which parameters shrink when nothing but decay moves them.
std::string decaying(const std::string& rule) {
  const OptimizerFacts facts = some_network();
  const auto sgd =
      build<Optimizer>("use = 'sgd'\nweight_decay = 0.5\ndecay = '" + rule + "'", facts);
  step(sgd, facts.parameters, 0, {.lr = 1});
  std::string names;
  for (const auto& [name, tensor] : facts.parameters) {
    if (first(tensor) < 1) names += name + " ";
  }
  return names;
}

TEST(Sgd, SparesWhatItsRuleSays) {
  EXPECT_EQ(decaying("all"),
            "conv1.weight bn1.weight bn1.bias layer1.0.downsample.1.weight "
            "layer1.0.downsample.1.bias fc.weight fc.bias ");
  EXPECT_EQ(decaying("no_norm"), "conv1.weight fc.weight fc.bias ");
  EXPECT_EQ(decaying("no_norm_bias"), "conv1.weight fc.weight ");
}

TEST(Sgd, TakesRateAndMomentumOfTheStep) {
  const OptimizerFacts facts = some_network();
  const auto sgd = build<Optimizer>("use = 'sgd'\nmomentum = 0.5\nweight_decay = 0", facts);
  EXPECT_EQ(sgd.call([](auto& it) { return it.momentum(); }), 0.5);
  const at::Tensor& weight = facts.parameters[0].tensor;
  step(sgd, facts.parameters, 1, {.lr = 0.25});  // momentum becomes the gradient: 1
  EXPECT_EQ(first(weight), 0.75);
  step(sgd, facts.parameters, 1, {.lr = 0.25});  // 0.5 * 1 + 1
  EXPECT_EQ(first(weight), 0.375);
  step(sgd, facts.parameters, 0, {.lr = 0.25, .momentum = 0.25});  // 0.25 * 1.5
  EXPECT_EQ(first(weight), 0.28125);
}

TEST(Sgd, GoesOnFromItsSavedStateUnderOtherKeys) {
  const OptimizerFacts facts = some_network();
  const auto sgd = build<Optimizer>("use = 'sgd'\nmomentum = 0.5\nweight_decay = 0", facts);
  step(sgd, facts.parameters, 1, {.lr = 0.25});
  Archive archive;
  sgd.call([&](auto& it) { it.save(archive); });
  const auto other =
      build<Optimizer>("use = 'sgd'\nmomentum = 0.25\nweight_decay = 0\ndecay = 'no_norm'", facts);
  other.call([&](auto& it) { it.load(archive); });
  step(other, facts.parameters, 0, {.lr = 1});  // 0.25 * 1
  EXPECT_EQ(first(facts.parameters[0].tensor), 0.5);
}

// The fused kernel reads raw memory: a gradient in another order must not be taken as it lies.
TEST(Sgd, UnderstandsGradientsInAnotherMemoryFormat) {
  OptimizerFacts facts{some_run(), {}};
  const at::Tensor weight = at::randn({4, 3, 3, 3}, at::TensorOptions(at::kFloat))
                                .contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor expected = at::zeros_like(weight);
  facts.parameters = {{"conv1.weight", weight.clone().set_requires_grad(true)}};
  const auto sgd = build<Optimizer>("use = 'sgd'\nmomentum = 0\nweight_decay = 0", facts);
  const at::NoGradGuard no_gradient;
  facts.parameters[0].tensor.mutable_grad() = weight.contiguous();
  NoGradients gradients;
  sgd.call([&](auto& it) { it.step({.lr = 1}, gradients); });
  EXPECT_TRUE(facts.parameters[0].tensor.equal(expected));
}

TEST(Sgd, LeavesParametersWithoutGradientAlone) {
  const OptimizerFacts facts = some_network();
  const auto sgd = build<Optimizer>("use = 'sgd'", facts);
  const at::NoGradGuard no_gradient;
  facts.parameters[0].tensor.mutable_grad() = at::full({2, 2, 1, 1}, 1.0);
  NoGradients gradients;
  sgd.call([&](auto& it) { it.step({.lr = 1}, gradients); });
  EXPECT_LT(first(facts.parameters[0].tensor), 1);
  EXPECT_EQ(first(facts.parameters[1].tensor), 1);
}

TEST(Sgd, RefusesWhatItCannotDo) {
  EXPECT_THAT(problems(Kind::optimizer, "use = 'sgd'\nnesterov = true\ndampening = 0.1"),
              HasSubstr("needs a momentum and no dampening"));
  EXPECT_THAT(problems(Kind::optimizer, "use = 'sgd'\nmomentum = 1"), HasSubstr("momentum"));
  OptimizerFacts facts = some_network();
  facts.parameters[0].tensor = at::full({2, 2}, 1.0, at::TensorOptions(at::kBFloat16));
  EXPECT_THROW(build<Optimizer>("use = 'sgd'", facts), Error);
}

TEST(Sgd, NamesTheParameterWhoseSavedMomentumDoesNotFit) {
  const OptimizerFacts facts = some_network();
  const auto sgd = build<Optimizer>("use = 'sgd'", facts);
  Archive archive;
  archive.child("momentum_buffer").put("fc.bias", at::full({7}, 1.0));
  try {
    sgd.call([&](auto& it) { it.load(archive); });
    FAIL() << "a momentum of another shape was taken";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("fc.bias"));
  }
}

}  // namespace
}  // namespace r50::test
