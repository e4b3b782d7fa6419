#include "nn/kernel_choice.h"

#include <ATen/Version.h>

#include <atomic>
#include <cctype>
#include <cstdlib>
#include <string>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace r50::nn {
namespace {

std::atomic<bool> fast_step_is_allowed{true};

bool onednn_may_use_tiles() {
  for (const char* variable : {"ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"}) {
    const char* const name = std::getenv(variable);
    if (name && !isa_has_tiles(name)) return false;
  }
  return true;
}

Processor look_at_processor() {
  Processor found;
#if defined(__x86_64__)
  found.avx512 = at::get_cpu_capability().rfind("AVX512", 0) == 0 &&
                 __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                 __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  found.bf16 = found.avx512 && __builtin_cpu_supports("avx512bf16");
  // gcc 12 and clang 16 know different names for AMX in __builtin_cpu_supports.
  constexpr unsigned amx_bf16 = 1U << 22, amx_tile = 1U << 24;
  unsigned a = 0, b = 0, c = 0, d = 0;
  found.tiles = found.bf16 && __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & amx_bf16) != 0 &&
                (d & amx_tile) != 0 && onednn_may_use_tiles();
#endif
  return found;
}

}  // namespace

const Processor& processor() {
  static const Processor found = look_at_processor();
  return found;
}

bool isa_has_tiles(std::string_view name) {
  std::string lower(name);
  for (char& letter : lower) {
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  // Names are sse41, avx2, avx512_core_bf16 and so on; oneDNN takes "all" and what it does not know
  // for all.
  const bool names_one = lower.rfind("sse", 0) == 0 || lower.rfind("avx", 0) == 0;
  return !names_one || lower.find("amx") != std::string::npos;
}

const Kernels* kernels_for(at::ScalarType type) {
  if (type == at::kBFloat16 && processor().bf16) return avx512_kernels_bf16();
  if (type == at::kFloat && processor().avx512) return avx512_kernels_fp32();
  return nullptr;
}

std::string no_kernels_because(at::ScalarType type) {
  if (kernels_for(type)) return "";
  if (type == at::kBFloat16 && processor().avx512) {
    return "this CPU has no bf16 instructions (AVX512_BF16)";
  }
  if (type == at::kBFloat16 || type == at::kFloat) return "this CPU has no AVX-512";
  return "there are kernels for bf16 and fp32 only";
}

void allow_fast_step(bool allowed) { fast_step_is_allowed = allowed; }
bool fast_step_allowed() { return fast_step_is_allowed; }

}  // namespace r50::nn
