#pragma once

// Lines of words (see tiles.h) in registers of AVX-512 F. Included by files that are compiled for
// them alone; internal linkage, no std.

#include <immintrin.h>

#include <cstdint>

namespace r50::nn {
namespace {

struct Avx512Words {
  using Line = __m512i;

  static Line load(const void* from) { return _mm512_loadu_si512(from); }
  static void store(void* to, Line line) { _mm512_storeu_si512(to, line); }
  static Line pairs(const std::uint16_t* low, const std::uint16_t* high) {
    return _mm512_or_si512(widened(low), _mm512_slli_epi32(widened(high), 16));
  }
  static void transpose(Line (&lines)[16]) {
    Line other[16];
    for (int i = 0; i < 16; i += 2) {  // blocks of 2x2 words
      other[i] = _mm512_unpacklo_epi32(lines[i], lines[i + 1]);
      other[i + 1] = _mm512_unpackhi_epi32(lines[i], lines[i + 1]);
    }
    for (int i = 0; i < 16; i += 4) {  // 4x4: line i + k now has column k of each quarter
      lines[i] = _mm512_unpacklo_epi64(other[i], other[i + 2]);
      lines[i + 1] = _mm512_unpackhi_epi64(other[i], other[i + 2]);
      lines[i + 2] = _mm512_unpacklo_epi64(other[i + 1], other[i + 3]);
      lines[i + 3] = _mm512_unpackhi_epi64(other[i + 1], other[i + 3]);
    }
    for (int k = 0; k < 4; ++k) {  // quarters of 128 bits go where their columns belong
      const Line even_low = _mm512_shuffle_i32x4(lines[k], lines[4 + k], even);
      const Line even_high = _mm512_shuffle_i32x4(lines[8 + k], lines[12 + k], even);
      const Line odd_low = _mm512_shuffle_i32x4(lines[k], lines[4 + k], odd);
      const Line odd_high = _mm512_shuffle_i32x4(lines[8 + k], lines[12 + k], odd);
      other[k] = _mm512_shuffle_i32x4(even_low, even_high, even);
      other[4 + k] = _mm512_shuffle_i32x4(odd_low, odd_high, even);
      other[8 + k] = _mm512_shuffle_i32x4(even_low, even_high, odd);
      other[12 + k] = _mm512_shuffle_i32x4(odd_low, odd_high, odd);
    }
    for (int i = 0; i < 16; ++i) lines[i] = other[i];
  }
  static void prefetch(const void* place) {
    _mm_prefetch(static_cast<const char*>(place), _MM_HINT_T0);
  }

 private:
  // Of each operand the quarters 0 and 2, or 1 and 3.
  static constexpr int even = 0x88, odd = 0xdd;

  static Line widened(const std::uint16_t* values) {
    return _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(values)));
  }
};

}  // namespace
}  // namespace r50::nn
