#pragma once

// Antialiased bilinear resizing of 8-bit RGB, with Pillow's numbers to the last bit: two passes
// with weights of 22 fractional bits, 8 bits in between. torchvision's published accuracies are
// measured with exactly this.

#include <cstdint>
#include <vector>

#include "data/pixels.h"
#include "r50/image.h"

namespace r50::data {

// For each pixel of the output along one axis, which source pixels make it up, and how much of
// each.
class AxisWeights {
 public:
  // The output's `size` pixels spread over from..to of the source; pixels outside low..high have no
  // weight. Allocates only if it has to grow.
  void compute(double from, double to, int low, int high, int size);

  int size() const { return size_; }
  int first_source() const { return first_.front(); }
  int end_source() const;
  int most_count() const;
  int first(int i) const { return first_[static_cast<std::size_t>(i)]; }
  int count(int i) const { return count_[static_cast<std::size_t>(i)]; }
  // `count` of them, then zeros up to a multiple of four. They add up to 2^22, but for rounding.
  const std::int32_t* weights(int i) const {
    return weights_.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(taps_);
  }

 private:
  int size_ = 0;
  int taps_ = 0;  // places kept for each output pixel, a multiple of four
  std::vector<int> first_, count_;
  std::vector<std::int32_t> weights_;
  std::vector<double> exact_;
};

// Kept by each worker thread: its tables and scratch rows are reused.
class Resizer {
 public:
  // Works out how to make `region` of an image of that size. Afterwards needed() says which pixels
  // must be decoded.
  void plan(const Region& region, ImageSize image);
  const Rect& needed() const { return needed_; }
  // The needed pixels are the output, pixel for pixel.
  bool identity() const { return identity_; }

  // `source` holds the needed pixels (row_padding beyond the last of them), `out` has the region's
  // output size.
  void resize(PixelSpan source, PixelSpan out);
  // Frees the memory that only a giant image needs.
  void trim() { rows_.trim(); }

 private:
  void pack_horizontal();

  AxisWeights horizontal_, vertical_;
  Rect needed_;
  bool identity_ = false;
  bool flip_ = false;
  int packed_taps_ = 0;
  std::vector<std::int32_t> packed_;  // horizontal weights as the kernel reads them
  std::vector<std::int32_t> packed_first_;
  std::vector<std::int32_t> shifted_;  // the weights of one pixel
  Scratch rows_;                       // resized horizontally, not yet vertically
};

}  // namespace r50::data
