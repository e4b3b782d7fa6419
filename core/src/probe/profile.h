#pragma once

// Where the time of a step goes, and which way each convolution is fastest on this machine.

#include <string>
#include <vector>

#include "assemble/assembly.h"
#include "nn/conv_paths.h"

namespace r50::probe {

struct LayerTime {
  std::string name;  // as the model calls it
  std::string what;
  std::string paths;   // of its three products: "rows, rows, aten"; empty if it is no fast unit
  double forward = 0;  // seconds in training, the fastest of the rounds
  std::int64_t multiply_adds = 0;  // of the micro-batch
};

struct StepProfile {
  std::vector<LayerTime> layers;
  double forward = 0, backward = 0;  // seconds
  std::int64_t images = 0;
  std::string fast_step;
};

// Of a micro-batch of training images, as they come from the loader.
StepProfile profile_step(assemble::Assembly& assembly, int rounds);

// The fastest path of each product of each convolution that the fast step computes. It measures.
std::vector<nn::PathRule> tune_convolutions(assemble::Assembly& assembly, int rounds);

// As [[run.conv]] of an experiment file, to be named in `extends`.
std::string conv_rules_toml(const std::vector<nn::PathRule>& rules, const std::string& machine);

}  // namespace r50::probe
