#include "r50/averaging.h"

#include <ATen/Context.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include "oracle/dump/dump.h"
#include "r50/archive.h"
#include "support/plugins/plugin_under_test.h"

namespace r50::test {

namespace {

ModelTensors some_model() {
  const at::TensorOptions real(at::kFloat);
  ModelTensors model;
  model.parameters = {
      {"conv1.weight", at::randn({24, 8, 3, 3}, real).contiguous(at::MemoryFormat::ChannelsLast)},
      {"bn1.weight", at::randn({24}, real)},
      {"fc.weight", at::randn({10, 40}, real)}};
  for (auto& [name, tensor] : model.parameters) tensor.set_requires_grad(true);
  model.buffers = {{"bn1.running_mean", at::randn({24}, real)},
                   {"bn1.num_batches_tracked", at::zeros({}, at::TensorOptions(at::kLong))}};
  return model;
}

void change(ModelTensors& model) {
  for (auto* tensors : {&model.parameters, &model.buffers}) {
    for (auto& [name, tensor] : *tensors) {
      if (tensor.is_floating_point()) {
        tensor.add_(at::randn(tensor.sizes(), at::TensorOptions(at::kFloat)), 0.1);
      } else {
        tensor.add_(1);
      }
    }
  }
}

}  // namespace

// After each step: the model's tensors, and the average if there is one. Half way, everything is
// saved and a new plugin continues.
void dump_averaging(const Json& entry, const std::string& folder) {
  at::manual_seed(12);
  const at::NoGradGuard no_gradient;
  AveragingFacts facts;
  static_cast<RunFacts&>(facts) = some_run();
  facts.length = {.epochs = entry.at("epochs"), .steps_per_epoch = entry.at("steps_per_epoch")};
  facts.model = some_model();
  facts.name = "average";
  const auto table = entry.at("table").get<std::string>();
  auto averaging = build<Averaging>(table, facts);
  TensorWriter out(folder);
  for (std::int64_t step = 1; step <= facts.length.steps(); ++step) {
    change(facts.model);
    averaging.call([&](auto& it) { it.after_step({.step = step, .length = facts.length}); });
    const std::string prefix = "step" + std::to_string(step) + ".";
    out.add(prefix + "model.", facts.model.parameters);
    out.add(prefix + "model.", facts.model.buffers);
    if (const auto set = averaging.call([](auto& it) { return it.weights(); })) {
      out.add(prefix + "average.", set->tensors.parameters);
      out.add(prefix + "average.", set->tensors.buffers);
    }
    if (step == facts.length.steps() / 2) {
      Archive archive;
      averaging.call([&](auto& it) { it.save(archive); });
      auto continued = build<Averaging>(table, facts);
      continued.call([&](auto& it) { it.load(archive); });
      averaging = continued;
    }
  }
  out.finish();
}

}  // namespace r50::test
