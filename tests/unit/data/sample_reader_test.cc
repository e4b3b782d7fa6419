#include "data/sample_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pillow.h"
#include "support/data/fenced_memory.h"

namespace r50::data {
namespace {

using test::read_bytes;
using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;
using Bytes = std::vector<std::uint8_t>;

// Given images, read as from files: through the caller's buffer.
class Album final : public Dataset {
 public:
  struct Picture {
    Sample::Form form = Sample::Form::encoded;
    Bytes bytes;
    ImageSize size;
  };
  explicit Album(std::vector<Picture> pictures) : pictures_(std::move(pictures)) {}
  const DatasetInfo& info() const override { return info_; }
  Sample read(Split, std::int64_t index, SampleBuffer& buffer) const override {
    const Picture& picture = pictures_[static_cast<std::size_t>(index)];
    buffer.bytes = picture.bytes;
    return {picture.form, buffer.bytes, picture.size, index};
  }

 private:
  DatasetInfo info_;
  std::vector<Picture> pictures_;
};

// From a third of the width to the last column, and all rows but the first half row.
class RightPart final : public RegionStage {
 public:
  void choose(Region& region, ImageSize image, Random&) const override {
    region.left = image.width / 3.0;
    region.top = 0.5;
    region.width = image.width - region.left;
    region.height = image.height - 0.5;
  }
};

LoaderSetup setup_of(std::vector<Album::Picture> pictures, bool right_part = false) {
  LoaderSetup setup;
  setup.dataset = {std::make_shared<Album>(std::move(pictures)), "dataset 'album'"};
  if (right_part) setup.regions.push_back({{std::make_shared<RightPart>(), "the right part"}});
  return setup;
}

Bytes read(SampleReader& reader, std::int64_t index, int image_size) {
  Bytes out(static_cast<std::size_t>(image_size) * static_cast<std::size_t>(image_size) * 3);
  SampleOrder order;
  order.index = index;
  order.image_size = image_size;
  EXPECT_EQ(reader.read(order, out.data()), index);
  return out;
}

constexpr const char* wide_images = R"(
import sys
from PIL import Image
folder = sys.argv[1]
for size in sys.argv[2:]:
    w, h = map(int, size.split('x'))
    ramp = Image.linear_gradient('L').rotate(90)
    ramps = (ramp, ramp.rotate(90), ramp.rotate(180))
    image = Image.merge('RGB', [one.resize((w, h)) for one in ramps])
    for kind, options in (('png', {}), ('jpg', {}), ('progressive.jpg', {'progressive': True})):
        path = f'{folder}/{size}.{kind}'
        image.save(path, **options)
        open(path + '.rgb', 'wb').write(Image.open(path).tobytes())
)";

TEST(SampleReader, GivesTheSameOfEncodedAndRawPixelsOfImagesOfAnySize) {
  R50_NEEDS_PILLOW();
  const std::map<std::string, ImageSize> sizes = {
      {"40x30", {30, 40}},       {"1100x9", {9, 1100}},      {"2600x2600", {2600, 2600}},
      {"8000x300", {300, 8000}}, {"12000x40", {40, 12'000}}, {"30x12000", {12'000, 30}}};
  const test::TempFolder folder;
  std::vector<std::string> arguments = {folder.path()};
  for (const auto& [name, size] : sizes) arguments.push_back(name);
  test::python(wide_images, arguments);
  const test::FencedMemory fenced;
  for (const auto& [name, size] : sizes) {
    for (const std::string kind : {".png", ".jpg", ".progressive.jpg"}) {
      const std::string path = folder / (name + kind);
      for (const bool right_part : {false, true}) {
        const LoaderSetup setup =
            setup_of({{Sample::Form::encoded, read_bytes(path), {}},
                      {Sample::Form::pixels, read_bytes(path + ".rgb"), size}},
                     right_part);
        for (const int image_size : {32, 224}) {
          SampleReader reader(setup);  // whose memory has grown for no larger image
          const Bytes encoded = read(reader, 0, image_size);
          EXPECT_TRUE(encoded == read(reader, 1, image_size))
              << name << kind << " at " << image_size << " px";
        }
      }
    }
  }
}

TEST(SampleReader, RefusesFewerPixelsThanTheDataSetSpeaksOf) {
  const LoaderSetup setup = setup_of({{Sample::Form::pixels, Bytes(299), {10, 10}},
                                      {Sample::Form::pixels, Bytes(299), {0, 10}},
                                      {Sample::Form::pixels, Bytes(300), {10, 10}}});
  SampleReader reader(setup);
  EXPECT_THAT([&] { read(reader, 0, 4); },
              ThrowsMessage<Error>(HasSubstr("dataset 'album' gives 299 bytes for the 10 x 10 "
                                             "pixels of training sample 0.")));
  EXPECT_THAT([&] { read(reader, 1, 4); }, ThrowsMessage<Error>(HasSubstr("10 x 0 pixels")));
  read(reader, 2, 4);
}

std::size_t memory_in_use() {  // 0 under a sanitizer
  const struct mallinfo2 info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

constexpr const char* giant_images = R"(
import sys
from PIL import Image
image = Image.linear_gradient('L').resize((6000, 4000)).convert('RGB')
for name in ('giant.png', 'giant.jpg'): image.save(sys.argv[1] + '/' + name)
image.save(sys.argv[1] + '/progressive.jpg', progressive=True)
)";

TEST(SampleReader, FreesWhatAGiantImageTook) {
  R50_NEEDS_PILLOW();
  const test::TempFolder folder;
  test::python(giant_images, {folder.path()});
  std::vector<Album::Picture> pictures;
  for (const std::string name : {"giant.png", "giant.jpg", "progressive.jpg"}) {
    pictures.push_back({Sample::Form::encoded, read_bytes(folder / name), {}});
  }
  pictures.push_back({Sample::Form::pixels, Bytes(std::size_t{6000} * 4000 * 3), {4000, 6000}});
  const LoaderSetup setup = setup_of(std::move(pictures), true);
  SampleReader reader(setup);
  for (int i = 0; i < 4; ++i) {
    const std::size_t before = memory_in_use();
    read(reader, i, 64);
    EXPECT_LT(memory_in_use(), before + (std::size_t{40} << 20)) << i;
  }
}

}  // namespace
}  // namespace r50::data
