#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "data/rect.h"
#include "r50/image.h"

namespace r50::data {

// Decodes parts of JPEG images through libjpeg-turbo, with the exact inverse DCT and smooth chroma:
// the same pixels as Pillow's. An EXIF orientation is ignored, as Pillow and torchvision do by
// default.
//
// Kept by each worker thread: its buffer is reused. Damaged images are a BadSample with libjpeg's
// own words; damage below the part that is decoded goes unnoticed, and does no harm.
class JpegDecoder {
 public:
  JpegDecoder();
  ~JpegDecoder();

  // Reads the header. `bytes` must stay until decode() is done.
  ImageSize open(std::span<const std::uint8_t> bytes);
  // RGB pixels of that part, once for each open(). Valid until the next call.
  PixelSpan decode(const Rect& part);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace r50::data
