#pragma once

// The two inner loops of resizing, for the widest vectors the machine has. All targets give the
// same bytes: everything is integer arithmetic.

#include <cstddef>
#include <cstdint>

#include "r50/image.h"

namespace r50::data {

inline constexpr int weight_bits = 22;
inline constexpr int low_bits = 11;

// A 22-bit weight does not fit the 16-bit multiply-add that makes this fast, its two halves do:
// w * p = (w >> 11) * p * 2^11 + (w & 2047) * p, exactly. Four weights become the upper halves of 0
// and 1, their lower halves, and the same of 2 and 3.
void pack_weights(const std::int32_t* four, std::int32_t* packed);

struct PackedWeights {
  const std::int32_t* weights;  // for each output pixel, `taps` of them in packed groups of four
  const std::int32_t* first;    // byte offset of its first source pixel in a row
  int taps;
};

// Each row of `source` becomes a row of `out.width` pixels; writes up to one byte beyond each row.
void resize_rows(PixelSpan source, const PackedWeights& weights, PixelSpan out);

// out[i] = sum over k of weights[k] * (first + k * stride)[i], rounded; `bytes` of them.
void blend_rows(const std::uint8_t* first, std::ptrdiff_t stride, const std::int32_t* weights,
                int count, int bytes, std::uint8_t* out);

// For tests: how many kinds of vectors this machine can run, and using only the i-th (-1: the
// best).
int vector_targets();
void use_vector_target(int i);

}  // namespace r50::data
