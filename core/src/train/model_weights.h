#pragma once

#include <vector>

#include "r50/archive.h"
#include "r50/weights.h"

namespace r50::train {

// Each tensor goes to the device, and its handles with it: the model computes there from now on.
// Done before the optimizer and the averages see a tensor. Weights are drawn on the CPU, so
// that one seed gives one network on all devices.
void move_to(const ModelTensors& model, c10::Device device);

// Puts the tensors of a weight set into a model for a scope, without copying: the model's handles
// show the set's memory, and what the model writes (statistics) goes there. At the end the handles
// show their own memory again, whatever was thrown. Weights kept by autocast are not refreshed:
// begin with no CastScope around.
class WeightsInUse {
 public:
  WeightsInUse(const ModelTensors& model, const ModelTensors& set);
  ~WeightsInUse();
  WeightsInUse(const WeightsInUse&) = delete;
  WeightsInUse& operator=(const WeightsInUse&) = delete;

 private:
  struct Swapped {
    at::Tensor handle;
    at::Tensor own;
  };
  void put(const NamedTensors& model, const NamedTensors& set);
  void restore() noexcept;
  std::vector<Swapped> swapped_;
};

// One list in the order of PyTorch's state_dict: module by module, parameters before buffers.
NamedTensors state_order(const ModelTensors& tensors);

void save_weights(const ModelTensors& tensors, Archive& archive);

// Copies into the tensors where they are. Throws WrongInput, before anything is changed, if names
// or shapes differ.
void load_weights(const ModelTensors& tensors, const Archive& archive);

}  // namespace r50::train
