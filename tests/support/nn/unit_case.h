#pragma once

// One ConvNorm sent forward and back by three ways over the same numbers: r50's kernels, libtorch's
// operators under autocast, and the mathematics in fp64.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>

#include "r50/layers.h"

namespace r50::nn::test {

struct UnitCase {
  ConvNormOptions options;
  bool residual = false;
  std::int64_t images = 4;
  std::int64_t size = 8;
  double offset = 0;  // of the convolution's output from zero, in its own deviations, about
  bool forked = false;

  std::string name() const;
};

enum class Way { kernels, aten, fp64 };

// "z", "x", "weight", "gain", "bias", "residual" (gradients but for z), "mean", "variance"
using Results = std::map<std::string, at::Tensor>;

Results send(const UnitCase& one, Way way, at::ScalarType type, std::uint64_t seed = 1);

// |a - b| / |b| over all elements.
double relative_error(const at::Tensor& a, const at::Tensor& b);

}  // namespace r50::nn::test
