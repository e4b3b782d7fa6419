#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "r50/model.h"

namespace r50::train {

struct LayerRow {
  std::string name;                  // as the model calls it: "layer1.0.unit1"
  std::string what;                  // "conv 3x3/2 64->128"
  std::vector<std::int64_t> output;  // of a batch of one
  std::int64_t parameters = 0;
  std::int64_t multiply_adds = 0;
  bool unit = false;    // a ConvNorm
  std::string on_aten;  // why r50's kernels do not train this unit; empty if they do
};

struct ModelSummary {
  std::vector<LayerRow> layers;  // in the order of the forward pass
  std::int64_t parameters = 0;   // of the whole model
  std::int64_t multiply_adds = 0;
  double gmac() const { return static_cast<double>(multiply_adds) / 1e9; }
  // "53 of 53 units", "51 of 53 units; on libtorch's operators: conv1 (why) and 1 more"
  std::string fast_step() const;
};

// Sends one black image through the model and leaves it in training. `type`: of the activations in
// training.
ModelSummary summarize(const Held<Model>& model, std::int64_t channels, std::int64_t image_size,
                       c10::ScalarType type);

}  // namespace r50::train
