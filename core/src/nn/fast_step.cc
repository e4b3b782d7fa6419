#include "nn/fast_step.h"

#include <array>
#include <atomic>

#include "nn/conv_paths.h"
#include "nn/passes.h"

namespace r50::nn {
namespace {

std::atomic<bool> allowed_here{true};

// All other inputs are libtorch's business, which broadcasts them or says what is wrong; the
// kernels would read beyond their ends.
bool fits(const ConvNormOptions& options, const at::Tensor& x, const at::Tensor& residual) {
  if (x.dim() != 4 || x.size(1) != options.conv.in || x.numel() == 0) return false;
  const ConvShape shape(options.conv, x);
  if (shape.out_height < 1 || shape.out_width < 1) return false;
  if (!residual.defined()) return true;
  const std::array sizes = {shape.images, shape.out, shape.out_height, shape.out_width};
  return !options.pool && residual.sizes() == at::IntArrayRef(sizes);
}

}  // namespace

void allow_fast_step(bool allowed) { allowed_here = allowed; }
bool fast_step_allowed() { return allowed_here; }

std::string on_aten_because(const ConvNormOptions& options, const at::Tensor& x,
                            const at::Tensor& residual, at::ScalarType type) {
  if (!fast_step_allowed()) return "[run] step is \"aten\"";
  if (!x.is_cpu()) return "its kernels are for CPUs";
  if (options.conv.groups != 1) return "it has groups";
  if (options.conv.out % channel_multiple != 0) {
    return std::to_string(options.conv.out) + " channels are no multiple of " +
           std::to_string(channel_multiple);
  }
  if (options.pool && options.act != Act::relu) return "it pools without a ReLU";
  if (!fits(options, x, residual)) return "its inputs do not fit it or each other";
  return no_kernels_because(type);
}

}  // namespace r50::nn
