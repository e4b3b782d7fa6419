#pragma once

// A convolution's three products (forward, gradient of the input, gradient of the weights), each by
// the path that is fastest for its shape. conv_choice.cc chooses the path, conv_paths.cc computes
// by it, conv_tune.cc measures paths for the table of the choice. The choice is a pure function of
// shape, type, processor and number of threads and of that table: never of a clock, else two runs
// of one experiment would differ in their bits.

#include <ATen/core/Tensor.h>

#include <array>
#include <vector>

#include "nn/kernels.h"
#include "r50/layers.h"

namespace r50::nn {

enum class ProductPath {
  aten,     // at::convolution
  rows,     // a 1x1 kernel is a product of matrices; with a stride, of the pixels it sees
  columns,  // a 3x3 kernel, too, once each pixel's nine neighbours stand in one row (im2col)
  tiles,    // a weight gradient of either by r50's own kernel for AMX, in fp32 to the end
};

enum class ProductPass { forward, input_gradient, weight_gradient };

// One line of the table: for these shapes that path. The first line that matches counts.
struct PathRule {
  ProductPass pass;
  at::ScalarType type;
  std::int64_t kernel, stride;
  std::int64_t in, out;                    // 0: any
  std::int64_t least_pixels, most_pixels;  // of the output, an image
  std::int64_t threads;                    // of compute; 0: any
  ProductPath path;
};

// Height and width alike, as libtorch's convolutions want it.
inline std::array<std::int64_t, 2> both(std::int64_t number) { return {number, number}; }

struct ConvShape {
  std::int64_t images, in, out, kernel, stride, padding;
  std::int64_t height, width, out_height, out_width;
  at::ScalarType type;

  ConvShape(const ConvOptions& options, const at::Tensor& x);
  std::int64_t out_pixels() const { return out_height * out_width; }
};

// Whether the path can compute that at all, on this machine.
bool possible(const ConvShape& shape, ProductPass pass, ProductPath path);

// Rules of the experiment that count before the built-in ones. Before the first forward pass.
void set_conv_rules(std::vector<PathRule> rules);

ProductPath conv_path(const ConvShape& shape, ProductPass pass);

// x, dy: channels-last; weight: in the type of x, channels-last. No graph is recorded. By the path
// given, or else by the one that conv_path() says.
at::Tensor conv_forward(const ConvShape& shape, ProductPath path, const at::Tensor& x,
                        const at::Tensor& weight);
at::Tensor conv_forward(const ConvShape& shape, const at::Tensor& x, const at::Tensor& weight);

at::Tensor input_gradient(const ConvShape& shape, ProductPath path, const Kernels& kernels,
                          const at::Tensor& dy, const at::Tensor& weight, const at::Tensor& x);
at::Tensor weight_gradient(const ConvShape& shape, ProductPath path, const at::Tensor& dy,
                           const at::Tensor& x, const at::Tensor& weight);

struct ConvGradients {
  at::Tensor input;   // either undefined if not wanted
  at::Tensor weight;  // fp32
};

struct Wanted {
  bool input, weight;
};

ConvGradients conv_backward(const ConvShape& shape, const Kernels& kernels, const at::Tensor& dy,
                            const at::Tensor& x, const at::Tensor& weight, Wanted wanted);

struct PathTime {
  ProductPass pass;
  ProductPath path;
  double seconds;  // the fastest of the rounds: others may have been disturbed
};

// How long each path takes on this machine, of all products and paths that are possible for the
// shape. The only place where a clock has a say: what it finds is written down and read from then
// on.
std::vector<PathTime> time_paths(const ConvShape& shape, int rounds);

}  // namespace r50::nn
