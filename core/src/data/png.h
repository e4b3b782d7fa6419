#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "data/rect.h"
#include "r50/image.h"

namespace r50::data {

// Decodes PNG images of every kind through libpng to 8-bit RGB, as Pillow's convert("RGB"): alpha
// is dropped, 16-bit channels keep their upper half.
//
// Kept by each worker thread. Damaged images are a BadSample with libpng's own words.
class PngDecoder {
 public:
  PngDecoder();
  ~PngDecoder();

  // Reads the header. `bytes` must stay until decode() is done.
  ImageSize open(std::span<const std::uint8_t> bytes);
  // RGB pixels of that part, once for each open(). Valid until the next call.
  PixelSpan decode(const Rect& part);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace r50::data
