#include "train/summary.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros.h>
#include <absl/strings/str_format.h>
#include <torch/csrc/autograd/functions/accumulate_grad.h>

#include <set>

namespace r50::train {

namespace {

namespace autograd = torch::autograd;

// The weights that went into a tensor, as its graph remembers them: layers need not say.
std::int64_t weights_behind(const at::Tensor& tensor, std::set<const c10::TensorImpl*>& counted) {
  std::int64_t count = 0;
  std::set<const autograd::Node*> seen;
  std::vector<const autograd::Node*> waiting{tensor.grad_fn().get()};
  while (!waiting.empty()) {
    const autograd::Node* node = waiting.back();
    waiting.pop_back();
    if (!node || !seen.insert(node).second) continue;
    if (const auto* leaf = dynamic_cast<const autograd::AccumulateGrad*>(node)) {
      if (counted.insert(leaf->variable.unsafeGetTensorImpl()).second) {
        count += leaf->variable.numel();
      }
    }
    for (const autograd::Edge& edge : node->next_edges()) waiting.push_back(edge.function.get());
  }
  return count;
}

class SummaryTap final : public Tap {
 public:
  SummaryTap(ModelSummary& summary, c10::ScalarType type) : summary_(summary), type_(type) {}

  at::Tensor operator()(std::string_view name, Layer& layer, const at::Tensor& x,
                        const at::Tensor& residual) override {
    const at::AutoGradMode with_grad(true);
    const at::Tensor y = layer.forward(x, residual);
    LayerRow row;
    row.name = name;
    row.what = layer.describe();
    row.output = y.sizes().vec();
    row.parameters = weights_behind(y, counted_);
    row.multiply_adds = layer.multiply_adds(x.sizes());
    if (const auto* unit = dynamic_cast<const ConvNorm*>(&layer)) {
      row.unit = true;
      row.on_aten = unit->on_aten_because(x, residual, type_);
    }
    summary_.multiply_adds += row.multiply_adds;
    summary_.layers.push_back(std::move(row));
    return y.detach();  // the next layer's graph ends at its own input
  }

 private:
  ModelSummary& summary_;
  c10::ScalarType type_;
  std::set<const c10::TensorImpl*> counted_;  // a shared weight counts where it is used first
};

}  // namespace

std::string ModelSummary::fast_step() const {
  std::size_t units = 0;
  std::vector<const LayerRow*> slow;
  for (const LayerRow& row : layers) {
    units += row.unit ? 1 : 0;
    if (row.unit && !row.on_aten.empty()) slow.push_back(&row);
  }
  std::string text = absl::StrFormat("%d of %d units", units - slow.size(), units);
  if (slow.empty()) return text;
  absl::StrAppendFormat(&text, "; on libtorch's operators: %s (%s)", slow.front()->name,
                        slow.front()->on_aten);
  if (slow.size() > 1) absl::StrAppendFormat(&text, " and %d more", slow.size() - 1);
  return text;
}

ModelSummary summarize(const Held<Model>& model, std::int64_t channels, std::int64_t image_size,
                       c10::ScalarType type) {
  ModelSummary summary;
  SummaryTap tap(summary, type);
  const at::NoGradGuard no_grad;
  model.call([&](Model& held) {
    const ModelTensors tensors = held.tensors();
    for (const auto& [name, parameter] : tensors.parameters)
      summary.parameters += parameter.numel();
    const auto device = tensors.parameters.front().tensor.device();
    const at::Tensor image = at::zeros({1, channels, image_size, image_size}, at::device(device))
                                 .contiguous(at::MemoryFormat::ChannelsLast);
    held.set_training(false);
    held.forward(image, tap);
    held.set_training(true);
  });
  return summary;
}

}  // namespace r50::train
