#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "data/pixels.h"
#include "r50/image.h"

namespace r50::data {

// Decodes parts of JPEG images through libjpeg-turbo, with the exact inverse DCT and smooth chroma:
// the same pixels as Pillow's. An EXIF orientation is ignored, as Pillow and torchvision do by
// default.
//
// Damaged images are a BadSample with libjpeg's own words. Damage below the part that is decoded
// goes unnoticed and does no harm. An image of more than 500 scans, or that takes libjpeg more than
// 512 MB, is a BadSample too: a few kilobytes can ask for hours and gigabytes.
class JpegDecoder {
 public:
  JpegDecoder();
  ~JpegDecoder();

  // Reads the header. `bytes` must stay until decode() is done.
  ImageSize open(std::span<const std::uint8_t> bytes);
  // RGB pixels of that part, once for each open(). Valid until the next call.
  PixelSpan decode(const Rect& part);
  // Frees the memory that only a giant image needs.
  void trim();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Decodes PNG images of every kind through libpng to 8-bit RGB, as Pillow's convert("RGB"): alpha
// is dropped, 16-bit channels keep their upper half. Damaged images are a BadSample with libpng's
// own words. The functions are those of JpegDecoder.
class PngDecoder {
 public:
  PngDecoder();
  ~PngDecoder();
  ImageSize open(std::span<const std::uint8_t> bytes);
  PixelSpan decode(const Rect& part);
  void trim();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// An encoded image of either kind. Its first bytes decide and not its name: ImageNet has a PNG
// called .JPEG. Each worker thread keeps one. The functions are those of JpegDecoder.
class ImageDecoder {
 public:
  ImageSize open(std::span<const std::uint8_t> bytes);
  PixelSpan decode(const Rect& part) { return is_png_ ? png_.decode(part) : jpeg_.decode(part); }
  void trim();

 private:
  JpegDecoder jpeg_;
  PngDecoder png_;
  bool is_png_ = false;
};

}  // namespace r50::data
