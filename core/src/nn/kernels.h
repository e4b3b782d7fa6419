#pragma once

// The passes over activations that a unit (convolution, norm, residual, ReLU, pool) takes beside
// its convolution, each as one plain loop: no torch, no std, no threads, no memory of its own. So a
// file may be compiled for wider vectors than the rest of r50 without anything of it leaking out.
//
// Tensors are channels-last: a row is one pixel's channels, a multiple of 32 of them. All work on
// the rows [first, last), so that the caller divides them among threads.

#include <cstdint>

namespace r50::nn {

struct Rows {
  std::int64_t first, last;
};

constexpr std::int64_t channel_multiple = 32;

// Which values of a gradient pass the ReLU.
enum class Gate {
  none,    // there was no ReLU
  from_y,  // where y * scale + shift > 0: what the forward pass clipped, computed again
  bits,    // where the mask that the forward pass wrote says so (a residual was added)
};

// z = y * scale + shift (+ residual), clipped at 0 if `relu`. NaN stays NaN.
struct Normalise {
  const void* y;
  const void* residual;  // may be null
  void* z;               // may be y
  std::uint16_t* mask;   // a bit a value: whether it was above 0; may be null
  const float* scale;
  const float* shift;
  std::int64_t channels;
  bool relu;
};

// Per channel the sum of g and of g * (y - mean), where g is the gradient after the ReLU, gated.
struct GradientSums {
  const void* g;
  const void* other;  // a second gradient that is added to g; may be null
  const void* y;
  const std::uint16_t* mask;  // Gate::bits
  void* gated;                // the gated sum of both gradients; may be g, may be null
  const float* scale;
  const float* shift;
  const float* mean;
  std::int64_t channels;
  Gate gate;
};

// dy = scale * g + by_y * y + constant, the gradient of the convolution's output.
struct Gradient {
  const void* g;
  const void* y;
  void* dy;  // may be g
  const float* scale;
  const float* shift;
  const float* by_y;
  const float* constant;
  std::int64_t channels;
  Gate gate;  // none or from_y
};

// Max pooling 3x3 with stride 2 and padding 1, of what Normalise with ReLU would have written.
struct PoolShape {
  std::int64_t height, width, out_height, out_width, channels;
};

constexpr std::uint8_t nothing_above_zero = 255;

struct NormalisePool {
  const void* y;
  void* z;
  std::uint8_t* winner;  // which of the nine, or nothing_above_zero; may be null
  const float* scale;
  const float* shift;
  PoolShape shape;
};

struct PoolGradientSums {
  const void* g;      // of the pooled values
  const void* other;  // may be null
  const void* y;
  const std::uint8_t* winner;
  void* spread;  // the gradient of the values before pooling, gated
  const float* mean;
  PoolShape shape;
};

// A 3x3 convolution as a matrix product: each row of `columns` holds the nine rows it sees.
struct Columns {
  std::int64_t height, width, out_height, out_width, channels, stride;
};

// One instruction set and one type of the activations. Sums: `sums` has two doubles a channel and
// is added to; `scratch` two floats a channel, at a multiple of 64 bytes, any content.
struct Kernels {
  // Sum and sum of squares of y - about; `about` near the mean keeps the squares small.
  void (*statistics)(const void* y, const float* about, std::int64_t channels, Rows rows,
                     float* scratch, double* sums);
  void (*normalise)(const Normalise&, Rows rows);
  void (*gradient_sums)(const GradientSums&, Rows rows, float* scratch, double* sums);
  void (*gradient)(const Gradient&, Rows rows);
  // Rows: of the pooled image, all images in one count (image * out_height + its row).
  void (*normalise_pool)(const NormalisePool&, Rows rows);
  // Rows: of the image before pooling, counted so.
  void (*pool_gradient_sums)(const PoolGradientSums&, Rows rows, float* scratch, double* sums);
  // Rows: pixels of the image. Each becomes the sum of the places in `columns` that hold it.
  void (*sum_columns)(const void* columns, void* image, const Columns&, Rows rows);
};

// What each kernel means, in loops that any compiler reads; for tests.
const Kernels& plain_kernels_bf16();
const Kernels& plain_kernels_fp32();

// Null where the compiler had no such instructions. Which the processor has, the caller knows.
const Kernels* avx512_kernels_bf16();  // AVX-512 F, BW, VL, DQ and BF16
const Kernels* avx512_kernels_fp32();  // AVX-512 F, BW, VL and DQ

}  // namespace r50::nn
