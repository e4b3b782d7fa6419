#if defined(__AVX512BF16__)

#include "nn/kernels_avx512.h"

namespace r50::nn {
namespace {

struct Bf16 {
  using Value = std::uint16_t;
  static __m512 load(const Value* from) {
    const __m256i half = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16));
  }
  static void store16(Value* to, __m512 values) {
    const __m256bh half = _mm512_cvtneps_pbh(values);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), reinterpret_cast<const __m256i&>(half));
  }
  static void store32(Value* to, __m512 low, __m512 high) {
    const __m512bh both = _mm512_cvtne2ps_pbh(high, low);
    _mm512_storeu_si512(to, reinterpret_cast<const __m512i&>(both));
  }
};

}  // namespace

const Kernels* avx512_kernels_bf16() { return &wide_kernels<Bf16>; }

}  // namespace r50::nn

#else

#include "nn/kernels.h"

namespace r50::nn {
const Kernels* avx512_kernels_bf16() { return nullptr; }
}  // namespace r50::nn

#endif
