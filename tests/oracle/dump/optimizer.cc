#include "r50/optimizer.h"

#include <ATen/Context.h>
#include <ATen/ops/randn.h>
#include <c10/core/GradMode.h>

#include "oracle/dump/dump.h"
#include "r50/archive.h"
#include "support/plugins/plugin_under_test.h"

namespace r50::test {

namespace {

class NoGradients final : public Gradients {
 public:
  double again() override { throw Error("this optimizer asks for no second gradient"); }
};

// A convolution, its norm, the norm of a shortcut (no name says so) and a classifier.
NamedTensors some_parameters() {
  NamedTensors parameters;
  const auto add = [&](const std::string& name, at::IntArrayRef sizes) {
    at::Tensor values = at::randn(sizes, at::TensorOptions(at::kFloat));
    if (values.dim() == 4) values = values.contiguous(at::MemoryFormat::ChannelsLast);
    parameters.push_back({name, values.set_requires_grad(true)});
  };
  add("conv1.weight", {24, 8, 3, 3});
  add("bn1.weight", {24});
  add("bn1.bias", {24});
  add("layer1.0.downsample.0.weight", {40, 24, 1, 1});
  add("layer1.0.downsample.1.weight", {40});
  add("layer1.0.downsample.1.bias", {40});
  add("fc.weight", {10, 40});
  add("fc.bias", {10});
  return parameters;
}

}  // namespace

void dump_optimizer(const Json& entry, const std::string& folder) {
  at::manual_seed(11);
  const at::NoGradGuard no_gradient;
  OptimizerFacts facts{some_run(), some_parameters()};
  const auto table = entry.at("table").get<std::string>();
  auto optimizer = build<Optimizer>(table, facts);
  TensorWriter out(folder);
  out.add("start.", facts.parameters);

  NoGradients gradients;
  int step = 0;
  for (const Json& rates : entry.at("rates")) {
    const std::string prefix = "step" + std::to_string(step++) + ".";
    for (auto& [name, parameter] : facts.parameters) {
      // Row by row, whatever the parameter's memory format: what a foreign layer may hand over.
      parameter.mutable_grad() = at::randn(parameter.sizes(), at::TensorOptions(at::kFloat));
      out.add(prefix + "gradient.", {{name, parameter.grad()}});
    }
    Rates used{.lr = rates[0]};
    if (!rates[1].is_null()) used.momentum = rates[1].get<double>();
    optimizer.call([&](auto& it) { it.step(used, gradients); });
    out.add(prefix + "parameter.", facts.parameters);
    if (step == entry.value("continue_after", -1)) {
      Archive archive;
      optimizer.call([&](auto& it) { it.save(archive); });
      auto continued = build<Optimizer>(table, facts);
      continued.call([&](auto& it) { it.load(archive); });
      optimizer = continued;
    }
  }
  Archive archive;
  optimizer.call([&](auto& it) { it.save(archive); });
  for (const auto& [name, tensor] : facts.parameters) {
    const Archive& momenta = archive.child("momentum_buffer");
    if (momenta.has(name)) out.add("momentum." + name, momenta.tensor(name));
  }
  out.finish();
}

}  // namespace r50::test
