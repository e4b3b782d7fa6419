#pragma once

#include <cstddef>
#include <cstdint>

namespace r50 {

struct ImageSize {
  int height = 0;
  int width = 0;
  friend bool operator==(const ImageSize&, const ImageSize&) = default;
};

// 8-bit RGB pixels, rows `stride` bytes apart. Owns nothing.
struct PixelSpan {
  std::uint8_t* data = nullptr;
  int height = 0;
  int width = 0;
  std::ptrdiff_t stride = 0;
  std::uint8_t* row(int y) const { return data + y * stride; }
};

// Which part of a stored image becomes the sample, chosen before decoding so that only that part is
// decoded. The box is resized to `output` with antialiased bilinear weights.
struct Region {
  double top = 0;
  double left = 0;
  double height = 0;
  double width = 0;
  // true: crop, then resize (weights end at the box, as torchvision's RandomResizedCrop);
  // false: resize the whole image, then crop (weights reach beyond the box, as Resize +
  // CenterCrop).
  bool crop_first = true;
  bool flip = false;  // left to right
  ImageSize output;   // given; stages do not change it
};

}  // namespace r50
