#pragma once

// Which kernels this process uses: those that the processor can run, that the environment allows
// (libtorch's ATEN_CPU_CAPABILITY and oneDNN's ONEDNN_MAX_CPU_ISA count, so that both sides of a
// comparison can be shown an older processor) and that the experiment allows.

#include <c10/core/ScalarType.h>

#include <string>
#include <string_view>

#include "nn/kernels.h"

namespace r50::nn {

struct Processor {
  bool avx512 = false;  // with the byte, word and doubleword instructions
  bool bf16 = false;    // dot products of bf16
  bool tiles = false;   // AMX; whether the operating system lets us is another question
};

const Processor& processor();

// Whether oneDNN, given this as ONEDNN_MAX_CPU_ISA, would use tiles.
bool isa_has_tiles(std::string_view name);

// The kernels this machine has for activations of that type; null if none.
const Kernels* kernels_for(at::ScalarType type);
// "this CPU has no AVX-512"; empty if there are some.
std::string no_kernels_because(at::ScalarType type);

// Whether units (ConvNorm) may use r50's kernels in place of ATen's operators. One setting for the
// whole process, made before the first forward pass: [run] step = "auto" allows it, "aten" does
// not.
void allow_fast_step(bool allowed);
bool fast_step_allowed();

}  // namespace r50::nn
