#pragma once

namespace r50::data {

// Whole pixels of a stored image.
struct Rect {
  int top = 0;
  int left = 0;
  int height = 0;
  int width = 0;
  friend bool operator==(const Rect&, const Rect&) = default;
};

// Source rows of a resize can be read this many bytes beyond their last pixel: the kernels load
// whole vectors.
inline constexpr int row_padding = 16;

// Larger pictures are taken for damaged or hostile files, as Pillow does.
inline constexpr long long most_pixels = 178'956'970;

}  // namespace r50::data
