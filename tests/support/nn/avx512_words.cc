// No std here: what this file has compiled for AVX-512 must not be called from elsewhere.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define R50_FOR_AVX512
#pragma GCC target("avx512f")
// gcc 12 takes its own intrinsics' undefined operands for mistakes (its bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#include "nn/words_avx512.h"
#endif

#include "support/nn/avx512_words.h"

namespace r50::nn::test {

const WeightGradientKernel* kernel_with_avx512_words() {
#if defined(R50_FOR_AVX512)
  return &weight_gradient_kernel_on<EmulatedTiles, Avx512Words>;
#else
  return nullptr;
#endif
}

}  // namespace r50::nn::test
