#include "assemble/fit.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/zeros.h>
#include <absl/strings/str_format.h>

#include <exception>
#include <vector>

#include "base/process.h"
#include "train/errors.h"
#include "train/forward.h"

namespace r50::assemble {
namespace {

std::string gigabytes(std::uint64_t bytes) {
  return absl::StrFormat("%.2f GiB", static_cast<double>(bytes) / (1 << 30));
}

void forward_and_back(const Assembly& assembly, std::int64_t images) {
  const RunFacts& facts = assembly.settings.facts;
  const c10::Device device(assembly.settings.device);
  const at::Tensor micro_batch =
      at::zeros({images, facts.channels, facts.image_size, facts.image_size},
                at::TensorOptions().device(device).memory_format(at::MemoryFormat::ChannelsLast));
  const at::Tensor targets =
      at::zeros({images}, at::TensorOptions().dtype(at::kLong).device(device));
  Tap tap;
  at::Tensor loss;
  {
    const train::Autocast autocast(assembly.settings.precision, device);
    const at::Tensor logits =
        assembly.parts.model.call([&](Model& model) { return model.forward(micro_batch, tap); });
    loss = assembly.parts.loss.call([&](const Loss& of) { return of.value(logits, targets); });
  }
  loss.backward();
}

bool fits(const Assembly& assembly, std::int64_t images) {
  const ModelTensors tensors =
      assembly.parts.model.call([](Model& model) { return model.tensors(); });
  for (const NamedTensor& named : tensors.parameters) named.tensor.mutable_grad() = at::Tensor();
  try {
    // The optimizer's own copy of the weights may not be there yet at the first step.
    std::vector<at::Tensor> momentum;
    for (const NamedTensor& named : tensors.parameters) {
      momentum.push_back(named.tensor.detach().clone());
    }
    forward_and_back(assembly, images);
    return true;
  } catch (const std::exception& error) {
    if (train::says_out_of_memory(error)) return false;
    throw;
  }
}

}  // namespace

std::optional<std::int64_t> accumulate_that_fits(const Assembly& assembly) {
  const RunFacts& facts = assembly.settings.facts;
  const std::int64_t share = facts.batch / facts.ranks;
  for (std::int64_t accumulate = facts.accumulate + 1; accumulate <= share; ++accumulate) {
    if (share % accumulate != 0) continue;
    if (fits(assembly, share / accumulate)) return accumulate;
  }
  return std::nullopt;
}

std::string explain_out_of_memory(const train::OutOfMemory& error, const Assembly& assembly) {
  std::string text = error.what();
  text += ". The process held " + gigabytes(base::peak_memory()) + " at its peak, of " +
          gigabytes(base::usable_memory()) + " it may use. ";
  if (error.what_for() == train::OutOfMemory::While::evaluating) {
    return text + "Set [evaluate] batch to a smaller number; the results stay the same.";
  }
  const auto accumulate = accumulate_that_fits(assembly);
  if (!accumulate) {
    return text + "No accumulate makes it fit: use a smaller [data] image_size or model.";
  }
  const std::int64_t images = assembly.settings.facts.batch / *accumulate;
  return text + absl::StrFormat(
                    "With [run] accumulate = %d a micro-batch of %d images was just tried here and "
                    "fits (the batch stays %d; batch norm then sees %d images at a time).",
                    *accumulate, images, assembly.settings.facts.batch, images);
}

}  // namespace r50::assemble
