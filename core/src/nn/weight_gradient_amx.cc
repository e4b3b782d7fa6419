#include "nn/weight_gradient_kernel.h"

#if defined(__AMX_BF16__) && defined(__AVX512BF16__)

#include <sys/syscall.h>
#include <unistd.h>

#include "nn/words_avx512.h"

namespace r50::nn {
namespace {

// Not the compiler's own _tile_ functions: gcc's (12 and 13) do not say that a load reads memory,
// nor how much of it a configuration has, so that what was just packed might be written too late;
// and they take no tile's number from a template. "memory" keeps everything in its order.
struct AmxTiles {
  static void configure() { asm volatile("ldtilecfg %0" : : "m"(whole_tiles) : "memory"); }
  static void release() { asm volatile("tilerelease" : : : "memory"); }

  template <int tile>
  static void zero() {
    asm volatile("tilezero %%tmm%c0" : : "i"(tile));
  }
  template <int tile>
  static void load(const void* from, std::int64_t stride) {
    asm volatile("tileloadd (%1,%2,1), %%tmm%c0" : : "i"(tile), "r"(from), "r"(stride) : "memory");
  }
  template <int tile>
  static void store(void* to, std::int64_t stride) {
    asm volatile("tilestored %%tmm%c0, (%1,%2,1)" : : "i"(tile), "r"(to), "r"(stride) : "memory");
  }
  template <int sums, int left, int right>
  static void multiply_add() {
    asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(sums), "i"(left), "i"(right));
  }
};

}  // namespace

const WeightGradientKernel* amx_weight_gradient_kernel() {
  return &weight_gradient_kernel_on<AmxTiles, Avx512Words>;
}

bool amx_allowed() {
  constexpr long request_permission = 0x1023;  // ARCH_REQ_XCOMP_PERM, in headers since Linux 5.16
  constexpr long tile_data = 18;               // the state's number in XCR0
  static const bool allowed = ::syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
  return allowed;
}

}  // namespace r50::nn

#else

namespace r50::nn {
const WeightGradientKernel* amx_weight_gradient_kernel() { return nullptr; }
bool amx_allowed() { return false; }
}  // namespace r50::nn

#endif
