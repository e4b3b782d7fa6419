#pragma once

// The kernels over whole tensors, divided among the compute threads. What is summed is divided by
// its size alone, so that sums do not depend on the number of threads.

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

#include "nn/kernels.h"

namespace r50::nn {

inline constexpr auto channels_last = at::MemoryFormat::ChannelsLast;

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

// A unit's last pass forward: norm, residual, activation and pool over what the convolution left.
struct Activated {
  at::Tensor z;
  at::Tensor mark;  // for the backward pass: which values passed the ReLU, or won the pool
};

PoolShape pool_shape(const at::Tensor& y);

// `scale` and `shift`: the norm, a number a channel. Without a `graph` nothing is marked.
Activated pooled(const Kernels& kernels, const at::Tensor& y, const float* scale,
                 const float* shift, bool graph);

// `z` may be y: written in place.
Activated activated(const Kernels& kernels, const at::Tensor& y, const at::Tensor& z,
                    const at::Tensor& residual, const float* scale, const float* shift, bool relu,
                    bool graph);

}  // namespace r50::nn
