#include "train/model_weights.h"

#include <ATen/core/grad_mode.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "r50/error.h"

namespace r50::train {

namespace {

std::string module_of(const std::string& name) {
  const auto dot = name.rfind('.');
  return dot == std::string::npos ? "" : name.substr(0, dot);
}

std::string shape_text(const at::Tensor& tensor) {
  return absl::StrCat("[", absl::StrJoin(tensor.sizes(), ", "), "]");
}

std::vector<std::string> differences(const NamedTensors& wanted, const Archive& archive) {
  std::vector<std::string> found;
  std::set<std::string> names;
  for (const auto& [name, tensor] : wanted) {
    names.insert(name);
    if (!archive.has(name)) {
      found.push_back(absl::StrFormat("'%s' is missing from it", name));
    } else if (const at::Tensor& saved = archive.tensor(name); saved.sizes() != tensor.sizes()) {
      found.push_back(absl::StrFormat("'%s' is %s in it and %s in the model", name,
                                      shape_text(saved), shape_text(tensor)));
    }
  }
  for (const auto& [name, item] : archive.items()) {
    if (names.contains(name)) continue;
    found.push_back(absl::StrFormat("it has '%s', which the model has not", name));
  }
  return found;
}

}  // namespace

void move_to(const ModelTensors& model, c10::Device device) {
  for (const NamedTensors* tensors : {&model.parameters, &model.buffers}) {
    for (const auto& [name, handle] : *tensors) {
      if (handle.device() == device) continue;
      const at::Tensor shown = handle.variable_data().to(device);  // keeps channels-last memory
      handle.set_data(shown);
    }
  }
}

WeightsInUse::WeightsInUse(const ModelTensors& model, const ModelTensors& set) {
  try {
    put(model.parameters, set.parameters);
    put(model.buffers, set.buffers);
  } catch (...) {
    restore();
    throw;
  }
}

WeightsInUse::~WeightsInUse() { restore(); }

void WeightsInUse::put(const NamedTensors& model, const NamedTensors& set) {
  // Sets list their tensors in the model's order, so that looking up by name is the exception.
  if (model.size() != set.size()) throw Error("A weight set does not have the model's tensors.");
  for (std::size_t i = 0; i < model.size(); ++i) {
    const auto& [name, handle] = model[i];
    const at::Tensor& shown = set[i].tensor;
    if (set[i].name != name || shown.sizes() != handle.sizes()) {
      throw Error(
          absl::StrFormat("A weight set has '%s' where the model has '%s', or in another shape.",
                          set[i].name, name));
    }
    if (shown.is_same(handle)) continue;
    swapped_.push_back({handle, handle.variable_data()});
    handle.set_data(shown.variable_data());
  }
}

void WeightsInUse::restore() noexcept {
  for (const auto& [handle, own] : swapped_) handle.set_data(own);
  swapped_.clear();
}

NamedTensors state_order(const ModelTensors& tensors) {
  std::map<std::string, std::vector<const NamedTensor*>> buffers;
  for (const NamedTensor& buffer : tensors.buffers) {
    buffers[module_of(buffer.name)].push_back(&buffer);
  }
  NamedTensors ordered;
  const auto add_buffers = [&](const std::string& module) {
    for (const NamedTensor* buffer : buffers[module]) ordered.push_back(*buffer);
    buffers.erase(module);
  };
  for (std::size_t i = 0; i < tensors.parameters.size(); ++i) {
    ordered.push_back(tensors.parameters[i]);
    const std::string module = module_of(tensors.parameters[i].name);
    const bool last_of_module =
        i + 1 == tensors.parameters.size() || module_of(tensors.parameters[i + 1].name) != module;
    if (last_of_module) add_buffers(module);
  }
  // Modules with buffers alone come last.
  for (const NamedTensor& buffer : tensors.buffers) {
    if (buffers.contains(module_of(buffer.name))) add_buffers(module_of(buffer.name));
  }
  return ordered;
}

void save_weights(const ModelTensors& tensors, Archive& archive) {
  for (const auto& [name, tensor] : state_order(tensors)) archive.put(name, tensor.detach());
}

void load_weights(const ModelTensors& tensors, const Archive& archive) {
  const NamedTensors wanted = state_order(tensors);
  const auto found = differences(wanted, archive);
  if (!found.empty()) {
    constexpr std::size_t most = 3;
    std::string text =
        absl::StrJoin(found.begin(), found.begin() + std::min(most, found.size()), "; ");
    if (found.size() > most) absl::StrAppendFormat(&text, "; and %d more", found.size() - most);
    throw WrongInput(absl::StrFormat(
        "The checkpoint does not fit the model: %s. Use the [model] table that it was trained "
        "with; `r50run inspect` shows what it holds.",
        text));
  }
  const at::NoGradGuard no_grad;
  for (const auto& [name, tensor] : wanted) tensor.copy_(archive.tensor(name));
}

}  // namespace r50::train
