#pragma once

#include <vector>

#include "nn/conv_paths.h"

namespace r50::nn {

// Rules of the experiment that count before the built-in ones. Before the first forward pass.
void set_conv_rules(std::vector<ConvRule> rules);

// The first rule that matches counts; without one it is ATen's path.
const ConvRule* find_conv_rule(const ConvShape& shape, ConvPass pass);

}  // namespace r50::nn
