// The kernels as plain loops: what each of them means.

#include <cstring>

#include "nn/kernels.h"

namespace r50::nn {
namespace {

struct Bf16 {
  using Value = std::uint16_t;
  static float load(Value value) {
    const std::uint32_t bits = std::uint32_t{value} << 16;
    float number;
    std::memcpy(&number, &bits, sizeof number);
    return number;
  }
  static Value store(float number) {
    std::uint32_t bits;
    std::memcpy(&bits, &number, sizeof bits);
    if (number != number) return static_cast<Value>((bits >> 16) | 0x40);  // stays NaN when cut
    bits += 0x7fff + ((bits >> 16) & 1);                                   // ties to even
    return static_cast<Value>(bits >> 16);
  }
};

struct Fp32 {
  using Value = float;
  static float load(Value value) { return value; }
  static Value store(float number) { return number; }
};

// The kernels multiply and add in one rounding; so does their meaning, and results are equal bits.
float fused(float a, float b, float c) { return __builtin_fmaf(a, b, c); }

bool passes(float number) { return !(number <= 0); }  // NaN passes

template <class Type>
struct Plain {
  using Value = typename Type::Value;

  static float at(const void* from, std::int64_t i) {
    return Type::load(static_cast<const Value*>(from)[i]);
  }
  static void put(void* to, std::int64_t i, float number) {
    static_cast<Value*>(to)[i] = Type::store(number);
  }

  static void statistics(const void* y, const float* about, std::int64_t channels, Rows rows,
                         float* /*scratch*/, double* sums) {
    for (std::int64_t row = rows.first; row < rows.last; ++row) {
      for (std::int64_t c = 0; c < channels; ++c) {
        const double value = double{at(y, row * channels + c)} - about[c];
        sums[c] += value;
        sums[channels + c] += value * value;
      }
    }
  }

  static void normalise(const Normalise& one, Rows rows) {
    for (std::int64_t i = rows.first * one.channels; i < rows.last * one.channels; ++i) {
      const std::int64_t c = i % one.channels;
      float value = fused(at(one.y, i), one.scale[c], one.shift[c]);
      if (one.residual) value += at(one.residual, i);
      if (one.mask) {
        const auto bit = static_cast<std::uint16_t>(1U << (i % 16));
        if (i % 16 == 0) one.mask[i / 16] = 0;
        if (passes(value)) one.mask[i / 16] |= bit;
      }
      put(one.z, i, one.relu && !passes(value) ? 0 : value);
    }
  }

  static float gated(const GradientSums& one, std::int64_t i) {
    const std::int64_t c = i % one.channels;
    float g = at(one.g, i);
    if (one.other) g += at(one.other, i);
    if (one.gate == Gate::from_y && !passes(fused(at(one.y, i), one.scale[c], one.shift[c]))) g = 0;
    if (one.gate == Gate::bits && !(one.mask[i / 16] >> (i % 16) & 1)) g = 0;
    return g;
  }

  static void gradient_sums(const GradientSums& one, Rows rows, float* /*scratch*/, double* sums) {
    for (std::int64_t i = rows.first * one.channels; i < rows.last * one.channels; ++i) {
      const std::int64_t c = i % one.channels;
      const float g = gated(one, i);
      sums[c] += g;
      sums[one.channels + c] += double{g} * (at(one.y, i) - one.mean[c]);
      if (one.gated) put(one.gated, i, g);
    }
  }

  static void gradient(const Gradient& one, Rows rows) {
    for (std::int64_t i = rows.first * one.channels; i < rows.last * one.channels; ++i) {
      const std::int64_t c = i % one.channels;
      const float y = at(one.y, i);
      float g = at(one.g, i);
      if (one.gate == Gate::from_y && !passes(fused(y, one.scale[c], one.shift[c]))) g = 0;
      put(one.dy, i, fused(one.scale[c], g, fused(one.by_y[c], y, one.constant[c])));
    }
  }

  static void normalise_pool(const NormalisePool& one, Rows rows) {
    const PoolShape& s = one.shape;
    for (std::int64_t row = rows.first; row < rows.last; ++row) {
      const std::int64_t image = row / s.out_height, top = row % s.out_height * 2 - 1;
      for (std::int64_t x = 0; x < s.out_width; ++x) {
        for (std::int64_t c = 0; c < s.channels; ++c) {
          float best = 0;
          std::uint8_t winner = nothing_above_zero;
          for (int tap = 0; tap < 9; ++tap) {
            const std::int64_t h = top + tap / 3, w = x * 2 - 1 + tap % 3;
            if (h < 0 || h >= s.height || w < 0 || w >= s.width) continue;
            const std::int64_t i = ((image * s.height + h) * s.width + w) * s.channels + c;
            const float value = fused(at(one.y, i), one.scale[c], one.shift[c]);
            if (value > best || value != value) {
              best = value;
              winner = static_cast<std::uint8_t>(tap);
            }
          }
          const std::int64_t out = (row * s.out_width + x) * s.channels + c;
          put(one.z, out, best);
          if (one.winner) one.winner[out] = winner;
        }
      }
    }
  }

  static void pool_gradient_sums(const PoolGradientSums& one, Rows rows, float* /*scratch*/,
                                 double* sums) {
    const PoolShape& s = one.shape;
    for (std::int64_t row = rows.first; row < rows.last; ++row) {
      const std::int64_t image = row / s.height, h = row % s.height;
      for (std::int64_t w = 0; w < s.width; ++w) {
        for (std::int64_t c = 0; c < s.channels; ++c) {
          float g = 0;
          for (std::int64_t oh = h / 2; oh <= (h + 1) / 2 && oh < s.out_height; ++oh) {
            for (std::int64_t ow = w / 2; ow <= (w + 1) / 2 && ow < s.out_width; ++ow) {
              const std::int64_t tap = (h - oh * 2 + 1) * 3 + (w - ow * 2 + 1);
              const std::int64_t out =
                  ((image * s.out_height + oh) * s.out_width + ow) * s.channels + c;
              if (one.winner[out] != tap) continue;
              g += one.other ? at(one.g, out) + at(one.other, out) : at(one.g, out);
            }
          }
          const std::int64_t i = (row * s.width + w) * s.channels + c;
          put(one.spread, i, g);
          sums[c] += g;
          sums[s.channels + c] += double{g} * (at(one.y, i) - one.mean[c]);
        }
      }
    }
  }

  static void sum_columns(const void* columns, void* image, const Columns& s, Rows rows) {
    for (std::int64_t row = rows.first; row < rows.last; ++row) {
      const std::int64_t n = row / (s.height * s.width);
      const std::int64_t h = row / s.width % s.height, w = row % s.width;
      for (std::int64_t c = 0; c < s.channels; ++c) {
        float sum = 0;
        for (int tap = 0; tap < 9; ++tap) {
          const std::int64_t a = h + 1 - tap / 3, b = w + 1 - tap % 3;
          if (a < 0 || b < 0 || a % s.stride || b % s.stride) continue;
          const std::int64_t oh = a / s.stride, ow = b / s.stride;
          if (oh >= s.out_height || ow >= s.out_width) continue;
          const std::int64_t place = (n * s.out_height + oh) * s.out_width + ow;
          sum += at(columns, (place * 9 + tap) * s.channels + c);
        }
        put(image, row * s.channels + c, sum);
      }
    }
  }
};

template <class Type>
constexpr Kernels kernels{Plain<Type>::statistics,     Plain<Type>::normalise,
                          Plain<Type>::gradient_sums,  Plain<Type>::gradient,
                          Plain<Type>::normalise_pool, Plain<Type>::pool_gradient_sums,
                          Plain<Type>::sum_columns};

}  // namespace

const Kernels& plain_kernels_bf16() { return kernels<Bf16>; }
const Kernels& plain_kernels_fp32() { return kernels<Fp32>; }

}  // namespace r50::nn
