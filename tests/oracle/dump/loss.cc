#include "r50/loss.h"

#include <ATen/Context.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>

#include "oracle/dump/dump.h"
#include "support/plugins/plugin_under_test.h"

namespace r50::test {

void dump_loss(const Json& entry, const std::string& folder) {
  at::manual_seed(13);
  constexpr std::int64_t images = 16, classes = 40;
  RunFacts facts = some_run();
  facts.classes = classes;
  const auto loss = build<Loss>(entry.at("table").get<std::string>(), facts);
  at::Tensor logits = at::randn({images, classes}, at::TensorOptions(at::kFloat)).mul(3);
  if (entry.value("bf16", false)) logits = logits.to(at::kBFloat16);
  at::Tensor leaf = logits.to(at::kFloat).set_requires_grad(true);
  const at::Tensor targets =
      entry.at("targets") == "labels"
          ? at::randint(classes, {images}, at::TensorOptions(at::kLong))
          : at::randn({images, classes}, at::TensorOptions(at::kFloat)).softmax(1);
  const at::Tensor given = entry.value("bf16", false) ? leaf.to(at::kBFloat16) : leaf;
  const at::Tensor value = loss.call([&](auto& it) { return it.value(given, targets); });
  value.backward();
  TensorWriter out(folder);
  out.add("logits", leaf);
  out.add("targets", targets);
  out.add("loss", value);
  out.add("gradient", leaf.grad());
  out.finish();
}

}  // namespace r50::test
