#pragma once

// Decoded pixels: which part of an image they are, and the memory they lie in.

#include <cstddef>
#include <cstdint>
#include <memory>

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

// A worker uses its memory again for each image, but not what only a giant image needs: a picture
// of 11 million pixels still fits, and allocating for a larger one costs a few percent of decoding
// it.
inline constexpr std::size_t most_kept_bytes = std::size_t{32} << 20;

class Scratch {
 public:
  // At least that many bytes, of any value. What has been in them may be lost.
  std::uint8_t* room(std::size_t bytes) {
    if (bytes > bytes_) {
      free();
      memory_ = std::make_unique_for_overwrite<std::uint8_t[]>(bytes);
      bytes_ = bytes;
    }
    return memory_.get();
  }

  // [after each image]
  void trim() {
    if (bytes_ > most_kept_bytes) free();
  }

 private:
  void free() {
    bytes_ = 0;
    memory_.reset();
  }

  std::unique_ptr<std::uint8_t[]> memory_;
  std::size_t bytes_ = 0;
};

}  // namespace r50::data
