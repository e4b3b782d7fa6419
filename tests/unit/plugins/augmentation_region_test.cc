#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

#include "data/resize.h"
#include "r50/augmentation.h"
#include "support/plugins/plugin_under_test.h"
#include "support/python.h"

namespace r50::test {
namespace {

using testing::HasSubstr;

// The region that a stage makes of a whole image.
Region choose(const Held<Augmentation>& stage, ImageSize image, std::uint64_t sample, int output) {
  Region region{.height = static_cast<double>(image.height),
                .width = static_cast<double>(image.width),
                .output = {output, output}};
  Random random({.seed = 1, .stream = augmentation_stream("test"), .sample = sample});
  stage.as<RegionStage>().call([&](const auto& it) { it.choose(region, image, random); });
  return region;
}

Held<Augmentation> region_stage(std::string_view table) {
  return build<Augmentation>(table, some_run());
}

TEST(RandomResizedCrop, DrawsAreaShapeAndPlaceAsAsked) {
  const auto crop = region_stage("use = 'random_resized_crop'\nscale = [0.25, 0.5]");
  const ImageSize image{600, 800};
  constexpr int draws = 4000;
  double area = 0, shape = 0, place = 0;
  for (int i = 0; i < draws; ++i) {
    const Region box = choose(crop, image, static_cast<std::uint64_t>(i), 224);
    ASSERT_TRUE(box.crop_first);
    ASSERT_TRUE(box.top >= 0 && box.left >= 0);
    ASSERT_TRUE(box.top + box.height <= 600 && box.left + box.width <= 800);
    const double share = box.height * box.width / (600.0 * 800);
    const double ratio = box.width / box.height;
    ASSERT_TRUE(share > 0.248 && share < 0.502) << share;
    ASSERT_TRUE(ratio > 0.745 && ratio < 1.342) << ratio;
    area += share / draws;
    shape += std::log(ratio) / draws;
    place += box.left / (800 - box.width) / draws;
  }
  EXPECT_NEAR(area, 0.375, 0.005);  // uniform
  EXPECT_NEAR(shape, 0, 0.015);     // uniform in its logarithm
  EXPECT_NEAR(place, 0.5, 0.02);
}

TEST(RandomResizedCrop, TakesTheMiddleOfImagesThatNoBoxFits) {
  const auto crop = region_stage("use = 'random_resized_crop'\nscale = [0.9, 1.0]");
  const Region wide = choose(crop, {100, 1000}, 0, 64);
  EXPECT_EQ(wide.height, 100);
  EXPECT_EQ(wide.width, 133);  // 4 : 3
  EXPECT_EQ(wide.left, 433);   // (1000 - 133) / 2, rounded down as torchvision does
  const Region tall = choose(crop, {1000, 100}, 0, 64);
  EXPECT_EQ(tall.width, 100);
  EXPECT_EQ(tall.height, 133);
  EXPECT_EQ(tall.top, 433);
}

TEST(RandomResizedCrop, CutsWhatAnEarlierStageLeft) {
  const auto crop = region_stage("use = 'random_resized_crop'");
  for (std::uint64_t i = 0; i < 100; ++i) {
    Region region{.top = 50, .left = 20, .height = 100, .width = 100, .output = {32, 32}};
    Random random({.sample = i});
    crop.as<RegionStage>().call([&](const auto& it) { it.choose(region, {400, 400}, random); });
    ASSERT_TRUE(region.top >= 50 && region.top + region.height <= 150);
    ASSERT_TRUE(region.left >= 20 && region.left + region.width <= 120);
  }
}

TEST(RandomResizedCrop, RefusesRangesTheWrongWayRound) {
  EXPECT_THAT(problems(Kind::augmentation, "use = 'random_resized_crop'\nscale = [1.0, 0.5]"),
              HasSubstr("smallest scale is larger"));
  EXPECT_THAT(problems(Kind::augmentation, "use = 'random_resized_crop'\nratio = [2.0, 1.0]"),
              HasSubstr("smallest ratio is larger"));
  EXPECT_NE(problems(Kind::augmentation, "use = 'random_resized_crop'\nscale = [0.0, 0.5]"), "");
  EXPECT_NE(problems(Kind::augmentation, "use = 'random_resized_crop'\nscale = [0.1]"), "");
}

TEST(CenterCrop, RoundsAsTorchvision) {
  // 500 x 375 is resized to 341 x 256; the crop begins at (341 - 224) / 2 = 58.5, rounded to even.
  const Region box = choose(region_stage("use = 'center_crop'"), {375, 500}, 0, 224);
  EXPECT_FALSE(box.crop_first);
  EXPECT_DOUBLE_EQ(box.top, 16 * 375.0 / 256);
  EXPECT_DOUBLE_EQ(box.left, 58 * 500.0 / 341);
  EXPECT_DOUBLE_EQ(box.height, 224 * 375.0 / 256);
  EXPECT_DOUBLE_EQ(box.width, 224 * 500.0 / 341);
}

TEST(CenterCrop, OfRatioOneIsTheLargestSquare) {
  const Region box = choose(region_stage("use = 'center_crop'\nratio = 1.0"), {64, 64}, 0, 64);
  EXPECT_EQ(box.top, 0);
  EXPECT_EQ(box.height, 64);
  EXPECT_EQ(box.width, 64);
}

constexpr const char* pillow_evaluation = R"(
import random, sys
from PIL import Image
folder, h, w = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random.seed(h)
image = Image.frombytes('RGB', (w, h), random.randbytes(w * h * 3))
open(folder + '/in', 'wb').write(image.tobytes())
short, long = 64, int(64 * max(w, h) / min(w, h))
size = (long, short) if w > h else (short, long)
left, top = int(round((size[0] - 56) / 2.0)), int(round((size[1] - 56) / 2.0))
out = image.resize(size, Image.BILINEAR).crop((left, top, left + 56, top + 56))
open(folder + '/out', 'wb').write(out.tobytes())
)";

std::vector<std::uint8_t> read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(CenterCrop, GivesThePixelsOfResizingTheWholeImageFirst) {
  if (std::system((python_program() + " -c 'import PIL.Image' >/dev/null 2>&1").c_str()) != 0) {
    GTEST_SKIP() << "Python's PIL is not installed (tools/setup does)";
  }
  for (const ImageSize size : {ImageSize{120, 181}, {250, 99}, {40, 40}}) {
    const TempFolder folder;
    python(pillow_evaluation,
           {folder.path(), std::to_string(size.height), std::to_string(size.width)});
    auto image = read_bytes(folder / "in");
    image.resize(image.size() + data::row_padding);
    const Region region = choose(region_stage("use = 'center_crop'"), size, 0, 56);
    data::Resizer resizer;
    resizer.plan(region, size);
    const data::Rect& part = resizer.needed();
    const std::ptrdiff_t stride = size.width * 3;
    std::vector<std::uint8_t> ours(56 * 56 * 3);
    resizer.resize(
        {image.data() + part.top * stride + part.left * 3, part.height, part.width, stride},
        {ours.data(), 56, 56, 56 * 3});
    const auto theirs = read_bytes(folder / "out");
    ASSERT_EQ(theirs.size(), ours.size());
    for (std::size_t i = 0; i < ours.size(); ++i) ASSERT_LE(std::abs(ours[i] - theirs[i]), 1);
  }
}

TEST(Flip, MirrorsTheAskedShare) {
  const auto flip = region_stage("use = 'flip'\np = 0.25");
  int flipped = 0;
  for (std::uint64_t i = 0; i < 4000; ++i) flipped += choose(flip, {10, 10}, i, 10).flip;
  EXPECT_NEAR(flipped, 1000, 110);  // four deviations
}

TEST(Flip, AlwaysAndNeverMeanIt) {
  const auto always = region_stage("use = 'flip'\np = 1.0"),
             never = region_stage("use = 'flip'\np = 0.0");
  for (std::uint64_t i = 0; i < 200; ++i) {
    ASSERT_TRUE(choose(always, {10, 10}, i, 10).flip);
    ASSERT_FALSE(choose(never, {10, 10}, i, 10).flip);
  }
}

}  // namespace
}  // namespace r50::test
