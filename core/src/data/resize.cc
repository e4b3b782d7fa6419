#include "data/resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "data/resize_kernels.h"

namespace r50::data {
namespace {

constexpr int round_up(int value, int to) { return (value + to - 1) / to * to; }

struct Range {
  int low, high;
};

// Whole pixels that a crop contains, or the whole image where weights may reach beyond it.
Range limits(double from, double length, int image, bool crop_first) {
  if (!crop_first) return {0, image};
  const int low = std::clamp(static_cast<int>(std::floor(from)), 0, image - 1);
  const int high = std::clamp(static_cast<int>(std::ceil(from + length)), low + 1, image);
  return {low, high};
}

bool whole(double value) { return value == std::floor(value); }

}  // namespace

// The order of operations is Pillow's, so that the weights round alike.
void AxisWeights::compute(double from, double to, int low, int high, int size) {
  const double scale = (to - from) / size;
  const double support = std::max(scale, 1.0);  // shrinking widens the triangle: antialiasing
  const double start = from - low;
  const int length = high - low;
  size_ = size;
  taps_ = round_up(static_cast<int>(std::ceil(support)) * 2 + 1, 4);
  first_.resize(static_cast<std::size_t>(size));
  count_.resize(static_cast<std::size_t>(size));
  weights_.assign(static_cast<std::size_t>(size) * static_cast<std::size_t>(taps_), 0);
  exact_.resize(static_cast<std::size_t>(taps_));
  for (int i = 0; i < size; ++i) {
    const double center = start + (i + 0.5) * scale;
    // NOLINTBEGIN(bugprone-incorrect-roundings): this is how Pillow rounds, here and below, and
    // what is negative becomes 0 either way.
    const int first = std::max(0, static_cast<int>(center - support + 0.5));
    const int end = std::min(length, static_cast<int>(center + support + 0.5));
    const int count = end - first;
    double sum = 0;
    for (int k = 0; k < count; ++k) {
      const double x = std::fabs((k + first - center + 0.5) * (1.0 / support));
      exact_[static_cast<std::size_t>(k)] = x < 1 ? 1 - x : 0;
      sum += exact_[static_cast<std::size_t>(k)];
    }
    std::int32_t* out =
        weights_.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(taps_);
    for (int k = 0; k < count; ++k) {
      double weight = exact_[static_cast<std::size_t>(k)];
      if (sum != 0) weight /= sum;
      out[k] = static_cast<std::int32_t>(0.5 + weight * (1 << weight_bits));
    }
    // NOLINTEND(bugprone-incorrect-roundings)
    first_[static_cast<std::size_t>(i)] = low + first;
    count_[static_cast<std::size_t>(i)] = count;
  }
}

int AxisWeights::end_source() const {
  int end = 0;
  for (int i = 0; i < size_; ++i) end = std::max(end, first(i) + count(i));
  return end;
}

int AxisWeights::most_count() const { return *std::max_element(count_.begin(), count_.end()); }

void Resizer::plan(const Region& region, ImageSize image) {
  const Range rows = limits(region.top, region.height, image.height, region.crop_first);
  const Range columns = limits(region.left, region.width, image.width, region.crop_first);
  flip_ = region.flip;
  identity_ = !region.flip && region.height == region.output.height &&
              region.width == region.output.width && whole(region.top) && whole(region.left);
  if (identity_) {
    needed_ = {static_cast<int>(region.top), static_cast<int>(region.left), region.output.height,
               region.output.width};
    return;
  }
  vertical_.compute(region.top, region.top + region.height, rows.low, rows.high,
                    region.output.height);
  horizontal_.compute(region.left, region.left + region.width, columns.low, columns.high,
                      region.output.width);
  needed_.top = vertical_.first_source();
  needed_.left = horizontal_.first_source();
  needed_.height = vertical_.end_source() - needed_.top;
  needed_.width = horizontal_.end_source() - needed_.left;
  pack_horizontal();
}

// In the order of the output's pixels (mirrored, if flipped), a group of four taps at a time. Each
// pixel has the same number of taps, and towards the last column that would be more than the source
// has: there they begin further to the left, with weights of zero.
void Resizer::pack_horizontal() {
  const int size = horizontal_.size();
  packed_taps_ = round_up(horizontal_.most_count(), 4);
  const int last_start = std::max(0, needed_.width - packed_taps_);
  packed_.resize(static_cast<std::size_t>(size) * static_cast<std::size_t>(packed_taps_));
  packed_first_.resize(static_cast<std::size_t>(size));
  std::int32_t* out = packed_.data();
  for (int x = 0; x < size; ++x) {
    const int i = flip_ ? size - 1 - x : x;
    const int first = horizontal_.first(i) - needed_.left;
    const int start = std::min(first, last_start);
    const std::int32_t* weights = horizontal_.weights(i);
    if (start < first) {
      shifted_.assign(static_cast<std::size_t>(packed_taps_), 0);
      std::copy_n(weights, horizontal_.count(i), shifted_.data() + (first - start));
      weights = shifted_.data();
    }
    packed_first_[static_cast<std::size_t>(x)] = 3 * start;
    for (int k = 0; k < packed_taps_; k += 4, out += 4) pack_weights(weights + k, out);
  }
}

void Resizer::resize(PixelSpan source, PixelSpan out) {
  if (identity_) {
    for (int y = 0; y < out.height; ++y) {
      std::memcpy(out.row(y), source.row(y), static_cast<std::size_t>(out.width) * 3);
    }
    return;
  }
  // The kernel stores four bytes a pixel, from left to right, so rows need room at their end.
  const int stride = round_up(out.width * 3 + 16, 64);
  const std::size_t bytes =
      static_cast<std::size_t>(stride) * static_cast<std::size_t>(source.height);
  const PixelSpan rows{rows_.room(bytes), source.height, out.width, stride};
  resize_rows(source, {packed_.data(), packed_first_.data(), packed_taps_}, rows);
  for (int y = 0; y < out.height; ++y) {
    const std::uint8_t* top = rows.row(vertical_.first(y) - needed_.top);
    blend_rows(top, stride, vertical_.weights(y), vertical_.count(y), out.width * 3, out.row(y));
  }
}

}  // namespace r50::data
