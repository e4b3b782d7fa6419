#include "r50/augmentation.h"

#include <absl/strings/str_format.h>
#include <algorithm>
#include <cmath>
#include <vector>

#include "contract/small_tensors.h"
#include "contract/state.h"
#include "contract/subject.h"

namespace r50::contract {

namespace {

Random draws(std::uint64_t sample) {
  return Random({.seed = 7, .stream = augmentation_stream("test"), .epoch = 1, .sample = sample});
}

Region chosen(const Held<RegionStage>& stage, Region region, ImageSize image,
              std::uint64_t sample) {
  Random random = draws(sample);
  stage.call([&](const RegionStage& it) { it.choose(region, image, random); });
  return region;
}

void expect_usable(const Region& region, ImageSize image, ImageSize output) {
  const std::string where =
      absl::StrFormat(": %f x %f at (%f, %f) of %d x %d", region.height, region.width, region.top,
                      region.left, image.height, image.width);
  constexpr double slack = 1e-6;
  expect(std::isfinite(region.top + region.left + region.height + region.width) &&
             region.height > 0 && region.width > 0,
         "the region is empty" + where);
  expect(region.top >= -slack && region.left >= -slack &&
             region.top + region.height <= image.height + slack &&
             region.left + region.width <= image.width + slack,
         "the region lies partly outside the image" + where);
  expect(region.output == output, "it has changed the size of the result");
}

bool same(const Region& a, const Region& b) {
  return a.top == b.top && a.left == b.left && a.height == b.height && a.width == b.width &&
         a.crop_first == b.crop_first && a.flip == b.flip;
}

void check_region(Subject& subject, const Held<RegionStage>& stage) {
  subject.report().check("regions lie inside images of every form, and repeat themselves", [&] {
    const ImageSize output{32, 32};
    for (const ImageSize image : {ImageSize{375, 500}, ImageSize{32, 32}, ImageSize{1, 1},
                                  ImageSize{1, 400}, ImageSize{2000, 3}}) {
      for (std::uint64_t sample = 0; sample < 50; ++sample) {
        Region whole;
        whole.height = image.height;
        whole.width = image.width;
        whole.output = output;
        const Region region = chosen(stage, whole, image, sample);
        expect_usable(region, image, output);
        expect(same(region, chosen(stage, whole, image, sample)),
               "the same sample is shown otherwise the second time");
      }
    }
  });
}

struct Picture {
  int height, width;
  std::ptrdiff_t stride;
  std::vector<std::uint8_t> bytes;
};

// Rows with a few bytes between them that belong to nobody.
Picture some_picture(int height, int width) {
  Picture picture{height, width, width * 3 + 5, {}};
  Random random({.seed = 3});
  picture.bytes.resize(static_cast<std::size_t>(picture.stride * height));
  for (std::uint8_t& byte : picture.bytes) byte = static_cast<std::uint8_t>(random.below(256));
  return picture;
}

Picture applied(const Held<PixelStage>& stage, Picture picture, std::uint64_t sample) {
  Random random = draws(sample);
  const PixelSpan span{picture.bytes.data(), picture.height, picture.width, picture.stride};
  stage.call([&](const PixelStage& it) { it.apply(span, random); });
  return picture;
}

void check_pixels(Subject& subject, const Held<PixelStage>& stage) {
  subject.report().check("pixels change inside the rows only, and repeatably", [&] {
    for (const auto& [height, width] : {std::pair{32, 32}, {32, 20}, {1, 1}, {3, 64}}) {
      const Picture before = some_picture(height, width);
      for (std::uint64_t sample = 0; sample < 20; ++sample) {
        const Picture after = applied(stage, before, sample);
        for (int y = 0; y < height; ++y) {
          const auto gap = static_cast<std::ptrdiff_t>(width) * 3 + y * before.stride;
          expect(
              std::equal(after.bytes.begin() + gap, after.bytes.begin() + (y + 1) * before.stride,
                         before.bytes.begin() + gap),
              "it has written between two rows");
        }
        expect(after.bytes == applied(stage, before, sample).bytes,
               "the same sample is changed otherwise the second time");
      }
    }
  });
}

MicroBatch applied(const Held<BatchStage>& stage, std::int64_t n, bool bytes,
                   std::uint64_t sample) {
  MicroBatch micro_batch = some_batch(n, bytes);
  Random random = draws(sample);
  stage.call([&](const BatchStage& it) { it.apply(micro_batch, random); });
  return micro_batch;
}

void expect_whole(const MicroBatch& micro_batch, std::int64_t n) {
  expect(micro_batch.images.dim() == 4 && micro_batch.images.size(0) == n &&
             micro_batch.images.size(1) == 3,
         absl::StrFormat("the images are no longer %d of 3 channels", n));
  expect(finite(micro_batch.images), "the images are not finite");
  expect(micro_batch.targets.size(0) == n && finite(micro_batch.targets),
         "the targets are no longer usable");
  const bool classes =
      micro_batch.targets.scalar_type() == at::kLong && micro_batch.targets.dim() == 1;
  const bool shares = micro_batch.targets.is_floating_point() && micro_batch.targets.dim() == 2 &&
                      micro_batch.targets.size(1) == small_run().classes;
  expect(classes || shares, "the targets are neither int64 [N] nor float [N, classes]");
  expect(micro_batch.keys.equal(some_batch(n, false).keys), "the samples' keys have changed");
}

void expect_good_batches(const Held<BatchStage>& stage, bool bytes) {
  for (const std::int64_t n : {8, 3, 1}) {
    for (std::uint64_t sample = 0; sample < 10; ++sample) {
      const MicroBatch micro_batch = applied(stage, n, bytes, sample);
      expect_whole(micro_batch, n);
      const MicroBatch again = applied(stage, n, bytes, sample);
      expect(micro_batch.images.equal(again.images) && micro_batch.targets.equal(again.targets),
             "the same micro-batch is changed otherwise the second time");
    }
  }
}

// Why it does not take images of this form; empty if it does. Stages that belong before or after
// `normalize` refuse the other form, which is a help to who lists them in a wrong order.
std::string refusal(const Held<BatchStage>& stage, bool bytes) {
  try {
    applied(stage, 8, bytes, 0);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

void check_batch(Subject& subject, const Held<BatchStage>& stage) {
  subject.report().check("batches stay batches, and change repeatably", [&] {
    const std::string of_bytes = refusal(stage, true), of_floats = refusal(stage, false);
    expect(of_bytes.empty() || of_floats.empty(),
           "it takes neither bytes (" + of_bytes + ") nor floats (" + of_floats + ")");
    if (of_bytes.empty()) expect_good_batches(stage, true);
    if (of_floats.empty()) expect_good_batches(stage, false);
  });
}

}  // namespace

void check_augmentation(Subject& subject) {
  const auto stage = subject.make<Augmentation>(small_run());
  const auto region = stage.as<RegionStage>();
  const auto pixels = stage.as<PixelStage>();
  const auto batch = stage.as<BatchStage>();
  subject.report().check("it is one of the three kinds of stages", [&] {
    const int kinds_of_stage = (region ? 1 : 0) + (pixels ? 1 : 0) + (batch ? 1 : 0);
    expect(kinds_of_stage == 1,
           absl::StrFormat("it is %d of RegionStage, PixelStage and BatchStage", kinds_of_stage));
  });
  if (region) check_region(subject, region);
  if (pixels) check_pixels(subject, pixels);
  if (batch) check_batch(subject, batch);
  subject.report().check("it has no state",
                         [&] { expect(saved(stage).empty(), "it saves something"); });
}

}  // namespace r50::contract
