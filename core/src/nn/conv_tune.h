#pragma once

// How long each path takes for a convolution on this machine, for the table that conv_path() reads.
// The only place where a clock has a say: what it finds is written down and read from then on.

#include <vector>

#include "nn/conv_paths.h"

namespace r50::nn {

struct PathTime {
  ConvPass pass;
  ConvPath path;
  double seconds;  // the fastest of the rounds: others may have been disturbed
};

// Of all passes and paths that are possible for the shape.
std::vector<PathTime> time_paths(const ConvShape& shape, int rounds);

}  // namespace r50::nn
