// How long each path of a convolution takes.

#include <ATen/core/grad_mode.h>
#include <ATen/ops/randn.h>

#include <algorithm>
#include <chrono>

#include "nn/conv_paths.h"
#include "nn/kernel_choice.h"

namespace r50::nn {
namespace {

template <class Work>
double fastest(int rounds, const Work& work) {
  work();  // sets up what libtorch keeps for a shape
  double best = 1e300;
  for (int i = 0; i < rounds; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
    best = std::min(best, spent.count());
  }
  return best;
}

at::Tensor values(at::IntArrayRef sizes, at::ScalarType type) {
  return at::randn(sizes, at::TensorOptions(at::kFloat))
      .to(type)
      .contiguous(at::MemoryFormat::ChannelsLast);
}

}  // namespace

std::vector<PathTime> time_paths(const ConvShape& s, int rounds) {
  const at::NoGradGuard no_grad;
  const Kernels* const kernels = kernels_for(s.type);
  const at::Tensor x = values({s.images, s.in, s.height, s.width}, s.type);
  const at::Tensor weight = values({s.out, s.in, s.kernel, s.kernel}, s.type);
  const at::Tensor dy = values({s.images, s.out, s.out_height, s.out_width}, s.type);
  std::vector<PathTime> times;
  if (!kernels) return times;
  for (const ProductPath path :
       {ProductPath::aten, ProductPath::rows, ProductPath::columns, ProductPath::tiles}) {
    const auto add = [&](ProductPass pass, const auto& work) {
      if (possible(s, pass, path)) times.push_back({pass, path, fastest(rounds, work)});
    };
    add(ProductPass::forward, [&] { conv_forward(s, path, x, weight); });
    add(ProductPass::input_gradient, [&] { input_gradient(s, path, *kernels, dy, weight, x); });
    add(ProductPass::weight_gradient, [&] { weight_gradient(s, path, dy, x, weight); });
  }
  return times;
}

}  // namespace r50::nn
