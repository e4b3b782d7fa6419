#include "nn/fast_step.h"

#include <atomic>

#include "nn/passes.h"

namespace r50::nn {
namespace {

std::atomic<bool> allowed_here{true};

}  // namespace

void allow_fast_step(bool allowed) { allowed_here = allowed; }
bool fast_step_allowed() { return allowed_here; }

std::string on_aten_because(const ConvNormOptions& options, at::ScalarType type,
                            at::DeviceType device) {
  if (!fast_step_allowed()) return "[run] step is \"aten\"";
  if (device != at::kCPU) return "its kernels are for CPUs";
  if (options.conv.groups != 1) return "it has groups";
  if (options.conv.out % channel_multiple != 0) {
    return std::to_string(options.conv.out) + " channels are no multiple of " +
           std::to_string(channel_multiple);
  }
  if (options.pool && options.act != Act::relu) return "it pools without a ReLU";
  return no_kernels_because(type);
}

}  // namespace r50::nn
