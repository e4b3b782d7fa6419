#include "data/sample_reader.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace r50::data {
namespace {

template <class Stage>
bool active(const ActiveStage<Stage>& stage, std::int64_t run_batch) {
  return run_batch >= stage.from_batch && run_batch < stage.until_batch;
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
    if (!active(stage, order.run_batch)) continue;
    Random random = random_for(stage.stream, order);
    stage.stage.call([&](const auto& it) { it.choose(region, image, random); });
    if (!inside(region, image)) {
      throw Error(stage.stage.label() + " chose a region that does not lie within an image of " +
                  std::to_string(image.width) + " x " + std::to_string(image.height) + " pixels.");
    }
  }
  if (is_whole(region, image)) crop_to_shape(region, image);
  return region;
}

// The needed part, with room for the kernels to read beyond it where it will be resized.
PixelSpan SampleReader::decode(const Sample& sample) {
  const Rect& part = resizer_.needed();
  if (sample.form == Sample::Form::encoded) return decoder_.decode(part);
  const std::size_t stride = static_cast<std::size_t>(sample.size.width) * 3;
  const std::size_t first = static_cast<std::size_t>(part.top) * stride;
  const std::size_t bytes = static_cast<std::size_t>(part.height) * stride;
  auto* pixels = const_cast<std::uint8_t*>(sample.bytes.data()) + first;  // only read
  if (!resizer_.identity()) {
    if (padded_.size() < bytes + row_padding) padded_.resize(bytes + row_padding);
    std::memcpy(padded_.data(), pixels, bytes);
    pixels = padded_.data();
  }
  return {pixels + 3 * static_cast<std::size_t>(part.left), part.height, part.width,
          static_cast<std::ptrdiff_t>(stride)};
}

std::int64_t SampleReader::read(const SampleOrder& order, std::uint8_t* out) {
  const Sample sample = setup_.dataset.call(
      [&](const auto& dataset) { return dataset.read(setup_.split, order.index, buffer_); });
  const ImageSize size =
      sample.form == Sample::Form::encoded ? decoder_.open(sample.bytes) : sample.size;
  resizer_.plan(choose_region(order, size), size);
  const PixelSpan image{out, order.image_size, order.image_size,
                        static_cast<std::ptrdiff_t>(order.image_size) * 3};
  resizer_.resize(decode(sample), image);
  for (const auto& stage : setup_.pixels) {
    if (!active(stage, order.run_batch)) continue;
    Random random = random_for(stage.stream, order);
    stage.stage.call([&](const auto& it) { it.apply(image, random); });
  }
  return sample.label;
}

}  // namespace r50::data
