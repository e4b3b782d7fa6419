#include "data/resize_kernels.h"

#include <cstring>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "data/resize_kernels.cc"
#include <hwy/foreach_target.h>
// foreach_target comes first: it includes this file once for each target.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace r50::data::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR  // what every machine can do, and what the vectors are tested against

void resize_with_vectors(const PixelSpan& source, const PackedWeights& weights,
                         const PixelSpan& out) {
  for (int y = 0; y < source.height; ++y) {
    const std::int32_t* w = weights.weights;
    for (int x = 0; x < out.width; ++x, w += weights.taps) {
      const std::uint8_t* from = source.row(y) + weights.first[x];
      std::uint8_t* to = out.row(y) + 3 * x;
      for (int c = 0; c < 3; ++c) {
        std::int32_t sum = 1 << (weight_bits - 1);
        for (int k = 0; k < weights.taps; ++k) {
          const std::int32_t* pair = w + k / 2 * 2;
          const int shift = k % 2 * 16;
          const std::int32_t high = (pair[0] >> shift) & 0xffff, low = (pair[1] >> shift) & 0xffff;
          sum += ((high << low_bits) + low) * from[3 * k + c];
        }
        to[c] = static_cast<std::uint8_t>(sum >> weight_bits);
      }
    }
  }
}

#else

// One 128-bit block a source row: as many rows at once as a vector has blocks, since all rows take
// the same shuffles and weights.
using Bytes = hn::CappedTag<std::uint8_t, 64>;
constexpr int blocks = static_cast<int>(hn::MaxLanes(Bytes())) / 16;

template <class D>
HWY_INLINE hn::Vec<D> load_blocks(D d, const std::uint8_t* const* rows, std::ptrdiff_t offset) {
  if constexpr (hn::MaxLanes(D()) <= 16) {
    return hn::LoadU(d, rows[0] + offset);
  } else {
    const hn::Half<D> half;
    constexpr int n = hn::MaxLanes(D()) / 32;
    return hn::Combine(d, load_blocks(half, rows + n, offset), load_blocks(half, rows, offset));
  }
}

// R0 R1 G0 G1 B0 B1 . . as 16-bit numbers, from four pixels of three bytes
alignas(16) constexpr std::uint8_t pixels_01[16] = {0, 128, 3, 128, 1,   128, 4,   128,
                                                    2, 128, 5, 128, 128, 128, 128, 128};
alignas(16) constexpr std::uint8_t pixels_23[16] = {6, 128, 9,  128, 7,   128, 10,  128,
                                                    8, 128, 11, 128, 128, 128, 128, 128};

void resize_with_vectors(const PixelSpan& source, const PackedWeights& weights,
                         const PixelSpan& out) {
  const Bytes d8;
  const hn::Repartition<std::int16_t, Bytes> d16;
  const hn::Repartition<std::int32_t, Bytes> d32;
  const hn::Rebind<std::uint8_t, decltype(d32)> d_out;
  const auto shuffle_01 = hn::LoadDup128(d8, pixels_01);
  const auto shuffle_23 = hn::LoadDup128(d8, pixels_23);
  const auto half = hn::Set(d32, 1 << (weight_bits - 1));

  for (int y = 0; y < source.height; y += blocks) {
    const std::uint8_t* from[blocks];
    std::uint8_t* to[blocks];
    for (int b = 0; b < blocks; ++b) {  // beyond the last row, the last row again
      const int row = y + b < source.height ? y + b : source.height - 1;
      from[b] = source.row(row);
      to[b] = out.row(row);
    }
    const std::int32_t* w = weights.weights;
    for (int x = 0; x < out.width; ++x) {
      auto high = hn::Zero(d32), high_rest = hn::Zero(d32);
      auto low = hn::Zero(d32), low_rest = hn::Zero(d32);
      std::ptrdiff_t offset = weights.first[x];
      for (int k = 0; k < weights.taps; k += 4, w += 4, offset += 12) {
        const auto pixels = load_blocks(d8, from, offset);
        const auto p01 = hn::BitCast(d16, hn::TableLookupBytesOr0(pixels, shuffle_01));
        const auto p23 = hn::BitCast(d16, hn::TableLookupBytesOr0(pixels, shuffle_23));
        const auto weight = [&](int i) { return hn::BitCast(d16, hn::Set(d32, w[i])); };
        high = hn::ReorderWidenMulAccumulate(d32, p01, weight(0), high, high_rest);
        low = hn::ReorderWidenMulAccumulate(d32, p01, weight(1), low, low_rest);
        high = hn::ReorderWidenMulAccumulate(d32, p23, weight(2), high, high_rest);
        low = hn::ReorderWidenMulAccumulate(d32, p23, weight(3), low, low_rest);
      }
      const auto sum = hn::Add(hn::ShiftLeft<low_bits>(hn::RearrangeToOddPlusEven(high, high_rest)),
                               hn::Add(hn::RearrangeToOddPlusEven(low, low_rest), half));
      alignas(64) std::uint8_t result[64];
      hn::StoreU(hn::DemoteTo(d_out, hn::ShiftRight<weight_bits>(sum)), d_out, result);
      for (int b = 0; b < blocks; ++b)
        std::memcpy(to[b] + std::ptrdiff_t{3} * x, result + std::ptrdiff_t{4} * b, 4);
    }
  }
}

#endif

void blend_with_vectors(const std::uint8_t* first, std::ptrdiff_t stride,
                        const std::int32_t* weights, int count, int bytes, std::uint8_t* out) {
  const hn::ScalableTag<std::int32_t> d32;
  const hn::Rebind<std::uint8_t, decltype(d32)> d8;
  const auto half = hn::Set(d32, 1 << (weight_bits - 1));
  const int step = static_cast<int>(hn::Lanes(d32));
  // The last vector may overlap the one before it, so that nothing is written beyond the row.
  for (int i = 0; i < bytes; i += step) {
    if (bytes >= step && i > bytes - step) i = bytes - step;
    if (bytes < step) break;
    auto sum = half;
    for (int k = 0; k < count; ++k) {
      const auto pixels = hn::PromoteTo(d32, hn::LoadU(d8, first + k * stride + i));
      sum = hn::Add(sum, hn::Mul(pixels, hn::Set(d32, weights[k])));
    }
    hn::StoreU(hn::DemoteTo(d8, hn::ShiftRight<weight_bits>(sum)), d8, out + i);
  }
  if (bytes >= step) return;
  for (int i = 0; i < bytes; ++i) {
    std::int32_t sum = 1 << (weight_bits - 1);
    for (int k = 0; k < count; ++k) sum += weights[k] * first[k * stride + i];
    out[i] = static_cast<std::uint8_t>(sum >> weight_bits);
  }
}

}  // namespace r50::data::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace r50::data {

HWY_EXPORT(resize_with_vectors);
HWY_EXPORT(blend_with_vectors);

void pack_weights(const std::int32_t* four, std::int32_t* packed) {
  constexpr std::int32_t low = (1 << low_bits) - 1;
  for (int pair = 0; pair < 2; ++pair, four += 2, packed += 2) {
    packed[0] = (four[0] >> low_bits) | ((four[1] >> low_bits) << 16);
    packed[1] = (four[0] & low) | ((four[1] & low) << 16);
  }
}

void resize_rows(PixelSpan source, const PackedWeights& weights, PixelSpan out) {
  HWY_DYNAMIC_DISPATCH(resize_with_vectors)(source, weights, out);
}

void blend_rows(const std::uint8_t* first, std::ptrdiff_t stride, const std::int32_t* weights,
                int count, int bytes, std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(blend_with_vectors)(first, stride, weights, count, bytes, out);
}

int vector_targets() {
  use_vector_target(-1);
  return static_cast<int>(hwy::SupportedAndGeneratedTargets().size());
}

void use_vector_target(int i) {
  hwy::SetSupportedTargetsForTest(0);
  if (i >= 0) {
    const std::vector<std::int64_t> all = hwy::SupportedAndGeneratedTargets();
    hwy::SetSupportedTargetsForTest(all[static_cast<std::size_t>(i)]);
  }
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace r50::data
#endif  // HWY_ONCE
