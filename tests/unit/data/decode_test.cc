#include "data/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <new>
#include <sstream>
#include <vector>

#include "pillow.h"
#include "r50/error.h"
#include "r50/random.h"

namespace r50::data {
namespace {

using test::read_bytes;
using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;
using Bytes = std::vector<std::uint8_t>;

const std::string images = R50_SOURCE_DIR "/tests/unit/data/images/";

Bytes copy_of(const PixelSpan& span) {
  Bytes bytes;
  for (int y = 0; y < span.height; ++y) {
    bytes.insert(bytes.end(), span.row(y), span.row(y) + span.width * 3);
  }
  return bytes;
}

Bytes decoded(ImageDecoder& decoder, const Bytes& file, const Rect& part) {
  decoder.open(file);
  return copy_of(decoder.decode(part));
}

Bytes part_of(const Bytes& pixels, int width, const Rect& part) {
  Bytes bytes;
  for (int y = part.top; y < part.top + part.height; ++y) {
    const auto row = pixels.begin() + (static_cast<std::ptrdiff_t>(y) * width + part.left) * 3;
    bytes.insert(bytes.end(), row, row + static_cast<std::ptrdiff_t>(part.width) * 3);
  }
  return bytes;
}

// Corners, edges, single pixels and whatever else chance brings.
std::vector<Rect> parts(ImageSize size, Random& random) {
  std::vector<Rect> all = {
      {0, 0, size.height, size.width}, {0, 0, 1, 1}, {size.height - 1, size.width - 1, 1, 1}};
  for (int i = 0; i < 25; ++i) {
    const int height = 1 + static_cast<int>(random.below(size.height));
    const int width = 1 + static_cast<int>(random.below(size.width));
    all.push_back({static_cast<int>(random.below(size.height - height + 1)),
                   static_cast<int>(random.below(size.width - width + 1)), height, width});
  }
  return all;
}

constexpr const char* pillow_images = R"(
import random, sys
from PIL import Image, ImageFilter
folder = sys.argv[1]
random.seed(2)
def picture(w, h, mode='RGB'):
    image = Image.frombytes('RGB', (w, h), random.randbytes(w * h * 3))
    return image.filter(ImageFilter.GaussianBlur(1.5)).convert(mode)
names = open(folder + '/cases.txt', 'w')
def keep(name, image, **options):
    path = folder + '/' + name
    image.save(path, **options)
    rgb = Image.open(path).convert('RGB')
    open(path + '.rgb', 'wb').write(rgb.tobytes())
    print(name, rgb.height, rgb.width, file=names)
for n, (w, h) in enumerate([(64, 48), (97, 75), (33, 130), (7, 5)]):
    for s in (0, 1, 2):
        keep(f'{n}_sampling{s}.jpg', picture(w, h), subsampling=s, quality=88)
    keep(f'{n}_progressive.jpg', picture(w, h), progressive=True, quality=80)
    keep(f'{n}_gray.jpg', picture(w, h, 'L'))
    keep(f'{n}_inks.jpg', picture(w, h).convert('CMYK'))
    for mode in ('RGB', 'RGBA', 'L', 'LA', 'P', '1'):
        keep(f'{n}_{mode}.png', picture(w, h, mode))
    see_through = picture(w, h, 'P')
    keep(f'{n}_hole.png', see_through, transparency=3)
    keep(f'{n}_png.JPEG', picture(w, h), format='PNG')
)";

TEST(ImageDecoder, GivesPillowsPixelsForEveryPartOfEveryKindOfImage) {
  R50_NEEDS_PILLOW();
  const test::TempFolder folder;
  test::python(pillow_images, {folder.path()});
  std::ifstream cases(folder / "cases.txt");
  ImageDecoder decoder;  // one for all: buffers are reused
  Random random({.seed = 1});
  int count = 0;
  for (std::string line; std::getline(cases, line); ++count) {
    std::istringstream words(line);
    std::string name;
    ImageSize size;
    words >> name >> size.height >> size.width;
    const Bytes file = read_bytes(folder / name), pixels = read_bytes(folder / (name + ".rgb"));
    ASSERT_EQ(decoder.open(file), size) << name;
    for (const Rect& part : parts(size, random)) {
      ASSERT_EQ(decoded(decoder, file, part), part_of(pixels, size.width, part))
          << name << ": " << part.height << " x " << part.width << " pixels from row " << part.top
          << ", column " << part.left;
    }
  }
  EXPECT_EQ(count, 4 * 14);
}

TEST(ImageDecoder, NamesWhatIsNoImage) {
  ImageDecoder decoder;
  const std::string page = "<html>not found</html>";
  EXPECT_THAT([&] { decoder.open(Bytes(page.begin(), page.end())); },
              ThrowsMessage<BadSample>(HasSubstr("neither JPEG nor PNG; it begins with the bytes "
                                                 "3c 68 74 6d")));
  EXPECT_THAT([&] { decoder.open({}); }, ThrowsMessage<BadSample>(HasSubstr("empty")));
}

class Damaged : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Kinds, Damaged, testing::Values("drawing.jpg", "drawing.png"));

TEST_P(Damaged, CutFilesAreBadSamplesWithTheLibrarysWords) {
  const Bytes whole = read_bytes(images + GetParam());
  ImageDecoder decoder;
  for (const std::size_t keep : {whole.size() * 3 / 4, whole.size() / 2}) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(keep));
    EXPECT_THAT(
        [&] {
          decoded(decoder, cut, {0, 0, 40, 56});
        },
        ThrowsMessage<BadSample>(HasSubstr("remature end")));
  }
}

TEST_P(Damaged, EveryLengthAndEveryFlippedByteIsSurvived) {
  const Bytes whole = read_bytes(images + GetParam());
  ImageDecoder decoder;
  int bad = 0;
  auto try_out = [&](const Bytes& file) {
    try {
      const ImageSize size = decoder.open(file);
      decoder.decode({0, 0, std::min(size.height, 64), std::min(size.width, 64)});
    } catch (const BadSample&) {
      ++bad;
    }
  };
  for (std::size_t i = 0; i < whole.size(); i += 3) {
    try_out(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(i)));
    Bytes flipped = whole;
    flipped[i] ^= 0xff;
    try_out(flipped);
  }
  EXPECT_GT(bad, 0);
  EXPECT_EQ(decoded(decoder, whole, {0, 0, 40, 56}).size(), 40u * 56 * 3) << "works again after";
}

TEST(JpegDecoder, DamageBelowTheWantedPartDoesNoHarm) {
  const Bytes whole = read_bytes(images + "drawing.jpg");
  const Bytes cut(whole.begin(), whole.end() - static_cast<std::ptrdiff_t>(whole.size() / 8));
  ImageDecoder decoder;
  const Rect top{0, 0, 8, 56};
  EXPECT_EQ(decoded(decoder, cut, top), decoded(decoder, whole, top));
}

std::ptrdiff_t find(const Bytes& file, const Bytes& marker, std::ptrdiff_t from = 0) {
  return std::search(file.begin() + from, file.end(), marker.begin(), marker.end()) - file.begin();
}

// A small progressive JPEG whose first scan is repeated until there are that many.
Bytes with_scans(int scans) {
  const Bytes whole = read_bytes(images + "drawing_progressive.jpg");
  int has = 0;
  for (std::ptrdiff_t at = find(whole, {0xff, 0xda}); at < std::ssize(whole); ++has) {
    at = find(whole, {0xff, 0xda}, at + 2);
  }
  const std::ptrdiff_t first = find(whole, {0xff, 0xda});
  const std::ptrdiff_t end = find(whole, {0xff, 0xc4}, first);  // the next scan's table
  Bytes file(whole.begin(), whole.begin() + end);
  for (; has < scans; ++has) {
    file.insert(file.end(), whole.begin() + first, whole.begin() + end);
  }
  file.insert(file.end(), whole.begin() + end, whole.end());
  return file;
}

TEST(JpegDecoder, RefusesMoreThan500Scans) {
  ImageDecoder decoder;
  const Rect all{0, 0, 40, 56};
  EXPECT_EQ(decoded(decoder, with_scans(500), all), decoded(decoder, with_scans(0), all));
  EXPECT_THAT([&] { decoded(decoder, with_scans(501), all); },
              ThrowsMessage<BadSample>(HasSubstr("more than 500 scans")));
}

// The same small file, which says that it is larger.
Bytes of_size(int pixels) {
  Bytes file = with_scans(0);
  const std::ptrdiff_t frame = find(file, {0xff, 0xc2});
  for (const std::ptrdiff_t at : {frame + 5, frame + 7}) {
    file[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(pixels >> 8);
    file[static_cast<std::size_t>(at) + 1] = static_cast<std::uint8_t>(pixels & 255);
  }
  return file;
}

TEST(JpegDecoder, RefusesWhatTakesMoreThan512Megabytes) {
  ImageDecoder decoder;
  const Rect corner{0, 0, 8, 8};
  // 13,000 x 13,000 pixels, three channels, two bytes each.
  EXPECT_THAT([&] { decoded(decoder, of_size(13'000), corner); },
              ThrowsMessage<BadSample>(HasSubstr("more than 512 MB of memory")));
  EXPECT_THAT([&] { decoded(decoder, of_size(4000), corner); },
              ThrowsMessage<BadSample>(Not(HasSubstr("memory"))));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which need addresses
TEST(JpegDecoder, AMachineWithoutMemoryIsNoBadSample) {
  const auto decode = [] {
    const rlimit limit{std::size_t{64} << 20, RLIM_INFINITY};
    ::setrlimit(RLIMIT_AS, &limit);
    if (std::malloc(std::size_t{96} << 20)) std::exit(7);  // an emulator knows no such limit
    try {
      ImageDecoder decoder;
      decoded(decoder, of_size(4000), {0, 0, 8, 8});
    } catch (const std::bad_alloc&) {
      std::exit(7);
    }
  };
  EXPECT_EXIT(decode(), testing::ExitedWithCode(7), "");
}
#endif

}  // namespace
}  // namespace r50::data
