#pragma once

#include <cstdint>
#include <span>

#include "data/jpeg.h"
#include "data/png.h"

namespace r50::data {

// An encoded image of either kind, told by its first bytes and not by its name (ImageNet has a PNG
// called .JPEG). Kept by each worker thread. Throws BadSample.
class ImageDecoder {
 public:
  // Reads the header. `bytes` must stay until decode() is done.
  ImageSize open(std::span<const std::uint8_t> bytes);
  // RGB pixels of that part, once for each open(). Valid until the next call.
  PixelSpan decode(const Rect& part) { return is_png_ ? png_.decode(part) : jpeg_.decode(part); }

 private:
  JpegDecoder jpeg_;
  PngDecoder png_;
  bool is_png_ = false;
};

}  // namespace r50::data
