#include "data/sample_reader.h"

#include <absl/strings/str_format.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <span>
#include <string>
#include <vector>

namespace r50::data {
namespace {

template <class Stage>
bool active(const ActiveStage<Stage>& stage, std::int64_t number) {
  return number >= stage.from && number < stage.until;
}

bool is_whole(const Region& region, ImageSize image) {
  return region.top == 0 && region.left == 0 && region.height == image.height &&
         region.width == image.width;
}

bool inside(const Region& region, ImageSize image) {
  constexpr double slack = 1e-6;  // a crop worked out in source coordinates rounds
  return region.height > 0 && region.width > 0 && region.top >= -slack && region.left >= -slack &&
         region.top + region.height <= image.height + slack &&
         region.left + region.width <= image.width + slack;
}

bool holds(std::span<const std::uint8_t> bytes, ImageSize size) {
  return size.height > 0 && size.width > 0 &&
         bytes.size() / 3 / static_cast<std::size_t>(size.width) >=
             static_cast<std::size_t>(size.height);
}

// Largest part in the middle that has the output's shape: an image that no stage has cropped is not
// squashed.
void crop_to_shape(Region& region, ImageSize image) {
  const double shape = static_cast<double>(region.output.width) / region.output.height;
  region.height = std::min<double>(image.height, image.width / shape);
  region.width = std::min<double>(image.width, image.height * shape);
  region.top = (image.height - region.height) / 2;
  region.left = (image.width - region.width) / 2;
}

}  // namespace

Random SampleReader::random_for(Stream stream, const SampleOrder& order) const {
  return Random({.seed = setup_.seed,
                 .stream = stream,
                 .epoch = static_cast<std::uint32_t>(order.epoch),
                 .sample = static_cast<std::uint64_t>(order.index),
                 .draw = order.draw});
}

Region SampleReader::choose_region(const SampleOrder& order, ImageSize image) const {
  Region region;
  region.height = image.height;
  region.width = image.width;
  region.output = {order.image_size, order.image_size};
  for (const auto& stage : setup_.regions) {
    if (!active(stage, order.number)) continue;
    Random random = random_for(stage.stream, order);
    stage.stage.call([&](const auto& it) { it.choose(region, image, random); });
    if (!inside(region, image)) {
      throw Error(
          absl::StrFormat("%s chose a region that does not lie within an image of %d x %d pixels.",
                          stage.stage.label(), image.width, image.height));
    }
  }
  if (is_whole(region, image)) crop_to_shape(region, image);
  return region;
}

// The needed part, with row_padding.
PixelSpan SampleReader::decode(const Sample& sample) {
  const Rect& part = resizer_.needed();
  if (sample.form == Sample::Form::encoded) return decoder_.decode(part);
  const std::size_t stride = static_cast<std::size_t>(sample.size.width) * 3;
  const std::size_t first =
      static_cast<std::size_t>(part.top) * stride + static_cast<std::size_t>(part.left) * 3;
  const std::size_t bytes =
      static_cast<std::size_t>(part.height - 1) * stride + static_cast<std::size_t>(part.width) * 3;
  auto* pixels = const_cast<std::uint8_t*>(sample.bytes.data()) + first;  // only read
  if (!resizer_.identity() && first + bytes + row_padding > sample.bytes.size()) {
    pixels = padded_.room(bytes + row_padding);
    std::memcpy(pixels, sample.bytes.data() + first, bytes);
  }
  return {pixels, part.height, part.width, static_cast<std::ptrdiff_t>(stride)};
}

void SampleReader::trim() {
  decoder_.trim();
  resizer_.trim();
  padded_.trim();
  if (buffer_.bytes.capacity() > most_kept_bytes) std::vector<std::uint8_t>().swap(buffer_.bytes);
}

std::int64_t SampleReader::read(const SampleOrder& order, std::uint8_t* out) {
  try {
    const std::int64_t label = make(order, out);
    trim();
    return label;
  } catch (const std::bad_alloc&) {
    throw Error("Not enough memory to decode " + name_of(order) + ".");
  }
}

std::int64_t SampleReader::make(const SampleOrder& order, std::uint8_t* out) {
  const Sample sample = setup_.dataset.call(
      [&](const auto& dataset) { return dataset.read(setup_.split, order.index, buffer_); });
  const bool encoded = sample.form == Sample::Form::encoded;
  const ImageSize size = encoded ? decoder_.open(sample.bytes) : sample.size;
  if (!encoded && !holds(sample.bytes, size)) {
    throw Error(absl::StrFormat("%s gives %d bytes for the %d x %d pixels of %s.",
                                setup_.dataset.label(), sample.bytes.size(), size.width,
                                size.height, name_of(order)));
  }
  resizer_.plan(choose_region(order, size), size);
  const PixelSpan image{out, order.image_size, order.image_size,
                        static_cast<std::ptrdiff_t>(order.image_size) * 3};
  resizer_.resize(decode(sample), image);
  for (const auto& stage : setup_.pixels) {
    if (!active(stage, order.number)) continue;
    Random random = random_for(stage.stream, order);
    stage.stage.call([&](const auto& it) { it.apply(image, random); });
  }
  return sample.label;
}

std::string SampleReader::name_of(const SampleOrder& order) const {
  return setup_.dataset.call(
      [&](const auto& dataset) { return dataset.name_of(setup_.split, order.index); });
}

}  // namespace r50::data
