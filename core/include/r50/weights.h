#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

namespace r50 {

struct NamedTensor {
  std::string name;  // torchvision's: "layer1.0.conv1.weight"
  at::Tensor tensor;
};
using NamedTensors = std::vector<NamedTensor>;

// A model's tensors, in the order of its construction. The handles are the model's own.
struct ModelTensors {
  NamedTensors parameters;
  NamedTensors buffers;  // running statistics and their counters
};

// A set of weights that can be evaluated, saved and exported: the plain ones, or an average.
struct WeightSet {
  std::string name;
  ModelTensors tensors;
  // The statistics of the norms do not belong to these weights and must be estimated afresh before
  // the set is used ([evaluate] bn_samples).
  bool bn_stale = false;
};

}  // namespace r50
