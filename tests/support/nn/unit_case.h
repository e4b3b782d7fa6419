#pragma once

// One ConvNorm sent forward and back by several ways over the same numbers: r50's kernels,
// libtorch's operators under autocast, and the mathematics in fp64.

#include <ATen/core/Tensor.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "nn/kernel_choice.h"
#include "r50/layers.h"

namespace r50::nn::test {

// A test of the kernels for a type, on machines that have them.
class OfKernels : public testing::TestWithParam<at::ScalarType> {
 protected:
  void SetUp() override {
    const std::string why = no_kernels_because(GetParam());
    if (!why.empty()) GTEST_SKIP() << "skipped: " << why;
  }
};

struct UnitCase {
  ConvNormOptions options;
  bool residual = false;
  std::int64_t images = 4;
  std::int64_t size = 8;
  double offset = 0;  // of the convolution's output from zero, in its own deviations, about
  bool forked = false;

  std::string name() const;
  // What takes another way through the unit: all but channels and sizes; odd shapes are one kind.
  std::string kind() const;
};

enum class Way {
  kernels,
  folded,  // in evaluation only: r50's, with the norm in the weights
  aten,
  fp64,
};

// "z", "x", "weight", "gain", "bias", "residual" (gradients but for z), "mean", "variance"
using Results = std::map<std::string, at::Tensor>;

Results send(const UnitCase& one, Way way, at::ScalarType type, std::uint64_t seed = 1);

// The output in evaluation, over newly drawn running statistics.
at::Tensor evaluated(const UnitCase& one, Way way, at::ScalarType type, std::uint64_t seed = 1);

// Every shape of ResNet 18 to 152, and odd ones. The sides are those of images of 64 to 128 px.
std::vector<UnitCase> all_cases();

// Of these the ones that the running test takes: a few, at least one of each kind; all in a long
// run (support/sample.h).
std::vector<UnitCase> sample_of_cases();

// |a - b| / |b| over all elements.
double relative_error(const at::Tensor& a, const at::Tensor& b);

}  // namespace r50::nn::test
