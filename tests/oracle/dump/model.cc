#include "r50/model.h"

#include <ATen/Context.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <c10/core/GradMode.h>

#include "nn/kernel_choice.h"
#include "oracle/dump/dump.h"
#include "support/plugins/plugin_under_test.h"

namespace r50::test {

// Weights as they start, one training step's logits, loss, gradients and statistics, and the logits
// of evaluation after it.
void dump_model(const Json& entry, const std::string& folder) {
  RunFacts facts = some_run();
  facts.classes = entry.at("classes");
  const auto seed = entry.at("seed").get<std::uint64_t>();
  at::manual_seed(seed);
  auto model = build<Model>(entry.at("table").get<std::string>(), facts);
  const ModelTensors tensors = model.call([](auto& it) { return it.tensors(); });
  TensorWriter out(folder);
  out.add("start.", tensors.parameters);
  out.add("start.", tensors.buffers);
  if (!entry.contains("size")) {
    out.finish();
    return;
  }

  at::manual_seed(seed + 1);
  const std::int64_t images = entry.at("images"), size = entry.at("size");
  const at::Tensor x = at::randn({images, 3, size, size}, at::TensorOptions(at::kFloat))
                           .contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor targets = at::randint(facts.classes, {images}, at::TensorOptions(at::kLong));
  Tap tap;
  nn::allow_fast_step(entry.value("step", "aten") == "auto");
  model.call([](auto& it) { it.set_training(true); });
  const at::Tensor logits = model.call([&](auto& it) { return it.forward(x, tap); });
  const at::Tensor loss = at::cross_entropy_loss(logits, targets);
  loss.backward();
  out.add("images", x);
  out.add("targets", targets);
  out.add("logits", logits);
  out.add("loss", loss);
  for (const auto& [name, tensor] : tensors.parameters) out.add("gradient." + name, tensor.grad());
  out.add("after.", tensors.buffers);

  const at::NoGradGuard no_gradient;
  model.call([](auto& it) { it.set_training(false); });
  out.add("evaluation", model.call([&](auto& it) { return it.forward(x, tap); }));
  out.finish();
}

}  // namespace r50::test
