#pragma once

// What the processor can do, as far as this run may use it: libtorch's ATEN_CPU_CAPABILITY and
// oneDNN's ONEDNN_MAX_CPU_ISA count, so that both sides of a comparison can be shown an older one.

#include <string_view>

namespace r50::nn {

struct Processor {
  bool avx512 = false;  // with the byte, word and doubleword instructions
  bool bf16 = false;    // dot products of bf16
  bool tiles = false;   // AMX; whether the operating system lets us is another question
};

const Processor& processor();

// Whether oneDNN, given this as ONEDNN_MAX_CPU_ISA, would use tiles.
bool isa_has_tiles(std::string_view name);

}  // namespace r50::nn
