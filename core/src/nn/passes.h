#pragma once

// The kernels over tensors, divided among the compute threads. What is summed is divided by its
// size alone, so that sums do not depend on the number of threads.

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

#include "nn/kernels.h"

namespace r50::nn {

// The kernels this machine has for activations of that type; null if none.
const Kernels* kernels_for(at::ScalarType type);
// "this CPU has no AVX-512"; empty if there are some.
std::string no_kernels_because(at::ScalarType type);

// A tensor in channels-last memory as the kernels see it.
struct Shape {
  std::int64_t images, channels, height, width;

  explicit Shape(const at::Tensor& x)
      : images(x.size(0)), channels(x.size(1)), height(x.size(2)), width(x.size(3)) {}
  std::int64_t rows() const { return images * height * width; }
};

// Calls work(rows) for parts of [0, rows), in several threads; `width`: values in a row.
void over_rows(std::int64_t rows, std::int64_t width, const std::function<void(Rows)>& work);

// The same for a kernel that sums: two sums a channel, the first sums of all channels first.
using SummingWork = std::function<void(Rows, float* scratch, double* sums)>;
std::vector<double> sum_over_rows(std::int64_t rows, std::int64_t width, std::int64_t channels,
                                  const SummingWork& work);

struct Moments {
  std::vector<double> mean, variance;  // of each channel, over images and pixels
};

Moments moments(const Kernels& kernels, const at::Tensor& y);

}  // namespace r50::nn
