#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "data/pixels.h"
#include "r50/image.h"

namespace r50::data {

// Decodes parts of images of one format to 8-bit RGB. A damaged image is a BadSample with the words
// of the format's library.
class Decoder {
 public:
  virtual ~Decoder();
  // Reads the header. `bytes` must stay until decode() is done.
  virtual ImageSize open(std::span<const std::uint8_t> bytes) = 0;
  // RGB pixels of that part, once for each open(). Valid until the next call.
  virtual PixelSpan decode(const Rect& part) = 0;
  // Frees the memory that only a giant image needs.
  virtual void trim() = 0;
};

// Through libjpeg-turbo, with the exact inverse DCT and smooth chroma: the same pixels as Pillow's.
// An EXIF orientation is ignored, as Pillow and torchvision do by default.
//
// Damage below the part that is decoded goes unnoticed and does no harm. An image of more than 500
// scans, or that takes libjpeg more than 512 MB, is a BadSample too: a few kilobytes can ask for
// hours and gigabytes.
std::unique_ptr<Decoder> jpeg_decoder();

// PNG images of every kind through libpng, as Pillow's convert("RGB"): alpha is dropped, 16-bit
// channels keep their upper half.
std::unique_ptr<Decoder> png_decoder();

// An image of either format. Its first bytes decide and not its name: ImageNet has a PNG called
// .JPEG. Each worker thread keeps one. The functions are those of Decoder.
class ImageDecoder {
 public:
  ImageSize open(std::span<const std::uint8_t> bytes);
  PixelSpan decode(const Rect& part) { return opened_->decode(part); }
  void trim();

 private:
  std::unique_ptr<Decoder> jpeg_ = jpeg_decoder(), png_ = png_decoder();
  Decoder* opened_ = jpeg_.get();
};

}  // namespace r50::data
