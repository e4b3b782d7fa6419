#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__)

#include "nn/kernels_avx512.h"

namespace r50::nn {
namespace {

struct Fp32 {
  using Value = float;
  static __m512 load(const Value* from) { return _mm512_loadu_ps(from); }
  static void store16(Value* to, __m512 values) { _mm512_storeu_ps(to, values); }
  static void store32(Value* to, __m512 low, __m512 high) {
    _mm512_storeu_ps(to, low);
    _mm512_storeu_ps(to + 16, high);
  }
};

}  // namespace

const Kernels* avx512_kernels_fp32() { return &wide_kernels<Fp32>; }

}  // namespace r50::nn

#else

#include "nn/kernels.h"

namespace r50::nn {
const Kernels* avx512_kernels_fp32() { return nullptr; }
}  // namespace r50::nn

#endif
