#pragma once

#include <cstdint>
#include <string>

#include "data/decode.h"
#include "data/loader.h"
#include "data/resize.h"

namespace r50::data {

// What is to be made: a sample as one micro-batch of the run shows it.
struct SampleOrder {
  std::int64_t index = 0;
  std::uint32_t draw = 0;
  std::int64_t epoch = 0;
  std::int64_t number = 0;  // of the micro-batch: which stages are active depends on it
  int image_size = 0;
};

// The whole way of one image: read, choose the region, decode only that, resize into the
// micro-batch, change pixels. One for each worker thread; its buffers are reused, and nothing in it
// changes the result. What a giant image takes is freed after it.
class SampleReader {
 public:
  explicit SampleReader(const LoaderSetup& setup) : setup_(setup) {}

  // Writes image_size * image_size RGB pixels to `out` and gives the label. Throws BadSample.
  std::int64_t read(const SampleOrder& order, std::uint8_t* out);

 private:
  Random random_for(Stream stream, const SampleOrder& order) const;
  Region choose_region(const SampleOrder& order, ImageSize image) const;
  std::int64_t make(const SampleOrder& order, std::uint8_t* out);
  PixelSpan decode(const Sample& sample);
  std::string name_of(const SampleOrder& order) const;
  void trim();

  const LoaderSetup& setup_;
  SampleBuffer buffer_;
  ImageDecoder decoder_;
  Resizer resizer_;
  Scratch padded_;
};

}  // namespace r50::data
