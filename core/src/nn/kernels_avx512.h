#pragma once

// The kernels for AVX-512, written once for both types. Included by one file a type, each compiled
// for the instructions it may use; everything has internal linkage, so that nothing compiled for
// them can be called from elsewhere by accident.
//
// Type gives: Value, load (16 values to float), store32 (two times 16 floats), store16.

#include <immintrin.h>

#include "nn/kernels.h"

namespace r50::nn {
namespace {

// Measured: without a word ahead of time these passes run at half the memory's speed.
constexpr int bytes_ahead = 2048;
inline void ahead(const void* place) {
  _mm_prefetch(static_cast<const char*>(place) + bytes_ahead, _MM_HINT_T0);
}

// Above 0, or NaN.
inline __mmask16 passes(__m512 value) {
  return _mm512_cmp_ps_mask(value, _mm512_setzero_ps(), _CMP_NLE_UQ);
}

inline __m512 plus(__m512 a, const float* b) { return _mm512_add_ps(a, _mm512_load_ps(b)); }

// Sums in floats lose digits over many rows, sums in doubles cost twice the time: so floats over
// some rows, which then go to the doubles.
class Sums {
 public:
  Sums(float* scratch, double* sums, std::int64_t channels)
      : floats_(scratch), sums_(sums), count_(2 * channels) {
    clear();
  }
  ~Sums() { flush(); }
  Sums(const Sums&) = delete;
  Sums& operator=(const Sums&) = delete;

  float* first() { return floats_; }
  float* second() { return floats_ + count_ / 2; }

  void rows_added(int rows) {
    rows_ += rows;
    if (rows_ >= most_rows) flush();
  }

 private:
  static constexpr int most_rows = 256;

  void clear() {
    for (std::int64_t i = 0; i < count_; i += 16) {
      _mm512_store_ps(floats_ + i, _mm512_setzero_ps());
    }
    rows_ = 0;
  }
  void flush() {
    for (std::int64_t i = 0; i < count_; i += 8) {
      const __m512d more = _mm512_cvtps_pd(_mm256_load_ps(floats_ + i));
      _mm512_storeu_pd(sums_ + i, _mm512_add_pd(_mm512_loadu_pd(sums_ + i), more));
    }
    clear();
  }

  float* floats_;
  double* sums_;
  std::int64_t count_;
  int rows_ = 0;
};

template <class Type>
struct Wide {
  using Value = typename Type::Value;
  static constexpr std::int64_t line = 64 / sizeof(Value);  // values in a cache line

  static const Value* in(const void* values) { return static_cast<const Value*>(values); }
  static Value* out(void* values) { return static_cast<Value*>(values); }

  static void statistics(const void* y, const float* about, std::int64_t channels, Rows rows,
                         float* scratch, double* sums) {
    Sums sum(scratch, sums, channels);
    float *const first = sum.first(), *const second = sum.second();
    std::int64_t row = rows.first;
    for (; row + 4 <= rows.last; row += 4) {  // four at once: a quarter of the sums' traffic
      const Value* const p = in(y) + row * channels;
      for (std::int64_t c = 0; c < channels; c += 16) {
        if (c % line == 0) {
          for (int k = 0; k < 4; ++k) ahead(p + k * channels + c);
        }
        const __m512 base = _mm512_loadu_ps(about + c);
        const __m512 a = _mm512_sub_ps(Type::load(p + c), base);
        const __m512 b = _mm512_sub_ps(Type::load(p + channels + c), base);
        const __m512 d = _mm512_sub_ps(Type::load(p + 2 * channels + c), base);
        const __m512 e = _mm512_sub_ps(Type::load(p + 3 * channels + c), base);
        const __m512 all = _mm512_add_ps(_mm512_add_ps(a, b), _mm512_add_ps(d, e));
        const __m512 squares = _mm512_fmadd_ps(b, b, _mm512_mul_ps(a, a));
        const __m512 more = _mm512_fmadd_ps(e, e, _mm512_mul_ps(d, d));
        _mm512_store_ps(first + c, plus(all, first + c));
        _mm512_store_ps(second + c, plus(_mm512_add_ps(squares, more), second + c));
      }
      sum.rows_added(4);
    }
    for (; row < rows.last; ++row) {
      const Value* const p = in(y) + row * channels;
      for (std::int64_t c = 0; c < channels; c += 16) {
        const __m512 a = _mm512_sub_ps(Type::load(p + c), _mm512_loadu_ps(about + c));
        _mm512_store_ps(first + c, plus(a, first + c));
        _mm512_store_ps(second + c, _mm512_fmadd_ps(a, a, _mm512_load_ps(second + c)));
      }
      sum.rows_added(1);
    }
  }

  template <bool residual, bool mask, bool relu>
  static void normalise_rows(const Normalise& one, Rows rows) {
    for (std::int64_t row = rows.first; row < rows.last; ++row) {
      const std::int64_t start = row * one.channels;
      const Value* const y = in(one.y) + start;
      const Value* const r = residual ? in(one.residual) + start : nullptr;
      Value* const z = out(one.z) + start;
      std::uint16_t* const bits = mask ? one.mask + start / 16 : nullptr;
      for (std::int64_t c = 0; c < one.channels; c += 32) {
        __m512 half[2];
        for (int k = 0; k < 2; ++k) {
          const std::int64_t at = c + 16 * k;
          if (at % line == 0) {
            ahead(y + at);
            if (residual) ahead(r + at);
          }
          half[k] = _mm512_fmadd_ps(Type::load(y + at), _mm512_loadu_ps(one.scale + at),
                                    _mm512_loadu_ps(one.shift + at));
          if (residual) half[k] = _mm512_add_ps(half[k], Type::load(r + at));
          if (mask) bits[at / 16] = passes(half[k]);
          // Of two numbers that do not compare, max gives the second.
          if (relu) half[k] = _mm512_max_ps(_mm512_setzero_ps(), half[k]);
        }
        Type::store32(z + c, half[0], half[1]);
      }
    }
  }

  static void normalise(const Normalise& one, Rows rows) {
    if (one.residual) {
      if (one.mask)
        return one.relu ? normalise_rows<true, true, true>(one, rows)
                        : normalise_rows<true, true, false>(one, rows);
      return one.relu ? normalise_rows<true, false, true>(one, rows)
                      : normalise_rows<true, false, false>(one, rows);
    }
    if (one.mask)
      return one.relu ? normalise_rows<false, true, true>(one, rows)
                      : normalise_rows<false, true, false>(one, rows);
    return one.relu ? normalise_rows<false, false, true>(one, rows)
                    : normalise_rows<false, false, false>(one, rows);
  }

  template <Gate gate, bool other, bool write>
  static void gradient_sums_rows(const GradientSums& one, Rows rows, float* scratch, double* sums) {
    Sums sum(scratch, sums, one.channels);
    float *const first = sum.first(), *const second = sum.second();
    for (std::int64_t row = rows.first; row < rows.last; ++row) {  // whole streams, sums in L1
      const std::int64_t start = row * one.channels;
      for (std::int64_t c = 0; c < one.channels; c += 32) {
        __m512 half[2];
        for (int k = 0; k < 2; ++k) {
          const std::int64_t at = c + 16 * k, place = start + at;
          const Value *const g = in(one.g) + place, *const y = in(one.y) + place;
          if (at % line == 0) {
            ahead(g);
            ahead(y);
            if (other) ahead(in(one.other) + place);
          }
          const __m512 value = Type::load(y);
          __m512 sent = Type::load(g);
          if (other) sent = _mm512_add_ps(sent, Type::load(in(one.other) + place));
          if (gate == Gate::from_y) {
            const __m512 was = _mm512_fmadd_ps(value, _mm512_loadu_ps(one.scale + at),
                                               _mm512_loadu_ps(one.shift + at));
            sent = _mm512_maskz_mov_ps(passes(was), sent);
          }
          if (gate == Gate::bits) sent = _mm512_maskz_mov_ps(one.mask[place / 16], sent);
          const __m512 off = _mm512_sub_ps(value, _mm512_loadu_ps(one.mean + at));
          _mm512_store_ps(first + at, plus(sent, first + at));
          _mm512_store_ps(second + at, _mm512_fmadd_ps(sent, off, _mm512_load_ps(second + at)));
          half[k] = sent;
        }
        if (write) Type::store32(out(one.gated) + start + c, half[0], half[1]);
      }
      sum.rows_added(1);
    }
  }

  template <Gate gate>
  static void gated_sums(const GradientSums& one, Rows rows, float* scratch, double* sums) {
    if (one.other)
      return one.gated ? gradient_sums_rows<gate, true, true>(one, rows, scratch, sums)
                       : gradient_sums_rows<gate, true, false>(one, rows, scratch, sums);
    return one.gated ? gradient_sums_rows<gate, false, true>(one, rows, scratch, sums)
                     : gradient_sums_rows<gate, false, false>(one, rows, scratch, sums);
  }

  static void gradient_sums(const GradientSums& one, Rows rows, float* scratch, double* sums) {
    switch (one.gate) {
      case Gate::none:
        return gated_sums<Gate::none>(one, rows, scratch, sums);
      case Gate::from_y:
        return gated_sums<Gate::from_y>(one, rows, scratch, sums);
      case Gate::bits:
        return gated_sums<Gate::bits>(one, rows, scratch, sums);
    }
  }

  template <bool gated>
  static void gradient_rows(const Gradient& one, Rows rows) {
    for (std::int64_t row = rows.first; row < rows.last; ++row) {
      const std::int64_t start = row * one.channels;
      for (std::int64_t c = 0; c < one.channels; c += 32) {
        __m512 half[2];
        for (int k = 0; k < 2; ++k) {
          const std::int64_t at = c + 16 * k;
          const Value *const g = in(one.g) + start + at, *const y = in(one.y) + start + at;
          if (at % line == 0) {
            ahead(g);
            ahead(y);
          }
          const __m512 value = Type::load(y), scale = _mm512_loadu_ps(one.scale + at);
          __m512 sent = Type::load(g);
          if (gated) {
            const __m512 was = _mm512_fmadd_ps(value, scale, _mm512_loadu_ps(one.shift + at));
            sent = _mm512_maskz_mov_ps(passes(was), sent);
          }
          const __m512 rest = _mm512_fmadd_ps(_mm512_loadu_ps(one.by_y + at), value,
                                              _mm512_loadu_ps(one.constant + at));
          half[k] = _mm512_fmadd_ps(scale, sent, rest);
        }
        Type::store32(out(one.dy) + start + c, half[0], half[1]);
      }
    }
  }

  static void gradient(const Gradient& one, Rows rows) {
    one.gate == Gate::from_y ? gradient_rows<true>(one, rows) : gradient_rows<false>(one, rows);
  }

  static void normalise_pool(const NormalisePool& one, Rows rows) {
    const PoolShape& s = one.shape;
    for (std::int64_t row = rows.first; row < rows.last; ++row) {
      const std::int64_t image = row / s.out_height, top = row % s.out_height * 2 - 1;
      for (std::int64_t x = 0; x < s.out_width; ++x) {
        for (std::int64_t c = 0; c < s.channels; c += 16) {
          const __m512 scale = _mm512_loadu_ps(one.scale + c);
          const __m512 shift = _mm512_loadu_ps(one.shift + c);
          __m512 best = _mm512_setzero_ps();
          __m512i winner = _mm512_set1_epi32(nothing_above_zero);
          for (int tap = 0; tap < 9; ++tap) {
            const std::int64_t h = top + tap / 3, w = x * 2 - 1 + tap % 3;
            if (h < 0 || h >= s.height || w < 0 || w >= s.width) continue;
            const std::int64_t i = ((image * s.height + h) * s.width + w) * s.channels + c;
            const __m512 value = _mm512_fmadd_ps(Type::load(in(one.y) + i), scale, shift);
            // More, or NaN: which then stays, since nothing is more than it.
            const __mmask16 more =
                static_cast<__mmask16>(_mm512_cmp_ps_mask(value, best, _CMP_GT_OQ) |
                                       _mm512_cmp_ps_mask(value, value, _CMP_UNORD_Q));
            best = _mm512_mask_mov_ps(best, more, value);
            winner = _mm512_mask_mov_epi32(winner, more, _mm512_set1_epi32(tap));
          }
          const std::int64_t to = (row * s.out_width + x) * s.channels + c;
          Type::store16(out(one.z) + to, best);
          if (!one.winner) continue;
          _mm_storeu_si128(reinterpret_cast<__m128i*>(one.winner + to),
                           _mm512_cvtepi32_epi8(winner));
        }
      }
    }
  }

  // What the pooled values that this pixel won have received: gathered, so that nothing has to be
  // zeroed first and each is written once.
  static __m512 spread_to(const PoolGradientSums& one, std::int64_t image, std::int64_t h,
                          std::int64_t w, std::int64_t c) {
    const PoolShape& s = one.shape;
    __m512 sum = _mm512_setzero_ps();
    for (std::int64_t oh = h / 2; oh <= (h + 1) / 2 && oh < s.out_height; ++oh) {
      for (std::int64_t ow = w / 2; ow <= (w + 1) / 2 && ow < s.out_width; ++ow) {
        const auto tap = static_cast<char>((h - oh * 2 + 1) * 3 + (w - ow * 2 + 1));
        const std::int64_t from = ((image * s.out_height + oh) * s.out_width + ow) * s.channels + c;
        const __m128i winner = _mm_loadu_si128(reinterpret_cast<const __m128i*>(one.winner + from));
        __m512 g = Type::load(in(one.g) + from);
        if (one.other) g = _mm512_add_ps(g, Type::load(in(one.other) + from));
        const __mmask16 won = _mm_cmpeq_epi8_mask(winner, _mm_set1_epi8(tap));
        sum = _mm512_mask_add_ps(sum, won, sum, g);
      }
    }
    return sum;
  }

  static void pool_gradient_sums(const PoolGradientSums& one, Rows rows, float* scratch,
                                 double* sums) {
    const PoolShape& s = one.shape;
    Sums sum(scratch, sums, s.channels);
    float *const first = sum.first(), *const second = sum.second();
    for (std::int64_t row = rows.first; row < rows.last; ++row) {
      const std::int64_t image = row / s.height, h = row % s.height;
      for (std::int64_t w = 0; w < s.width; ++w) {
        for (std::int64_t c = 0; c < s.channels; c += 16) {
          const __m512 g = spread_to(one, image, h, w, c);
          const std::int64_t i = (row * s.width + w) * s.channels + c;
          Type::store16(out(one.spread) + i, g);
          const __m512 off =
              _mm512_sub_ps(Type::load(in(one.y) + i), _mm512_loadu_ps(one.mean + c));
          _mm512_store_ps(first + c, plus(g, first + c));
          _mm512_store_ps(second + c, _mm512_fmadd_ps(g, off, _mm512_load_ps(second + c)));
        }
        sum.rows_added(1);
      }
    }
  }

  static void sum_columns(const void* columns, void* image, const Columns& s, Rows rows) {
    for (std::int64_t row = rows.first; row < rows.last; ++row) {
      const std::int64_t n = row / (s.height * s.width);
      const std::int64_t h = row / s.width % s.height, w = row % s.width;
      const Value* sources[9];
      int count = 0;
      for (int tap = 0; tap < 9; ++tap) {
        const std::int64_t a = h + 1 - tap / 3, b = w + 1 - tap % 3;
        if (a < 0 || b < 0 || a % s.stride || b % s.stride) continue;
        const std::int64_t oh = a / s.stride, ow = b / s.stride;
        if (oh >= s.out_height || ow >= s.out_width) continue;
        const std::int64_t place = (n * s.out_height + oh) * s.out_width + ow;
        sources[count++] = in(columns) + (place * 9 + tap) * s.channels;
      }
      Value* const to = out(image) + row * s.channels;
      for (std::int64_t c = 0; c < s.channels; c += 16) {
        __m512 sum = _mm512_setzero_ps();
        for (int k = 0; k < count; ++k) sum = _mm512_add_ps(sum, Type::load(sources[k] + c));
        Type::store16(to + c, sum);
      }
    }
  }
};

template <class Type>
constexpr Kernels wide_kernels{Wide<Type>::statistics,     Wide<Type>::normalise,
                               Wide<Type>::gradient_sums,  Wide<Type>::gradient,
                               Wide<Type>::normalise_pool, Wide<Type>::pool_gradient_sums,
                               Wide<Type>::sum_columns};

}  // namespace
}  // namespace r50::nn
