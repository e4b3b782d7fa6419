#include <gtest/gtest.h>

#include "r50/dataset.h"
#include "support/plugins/plugin_under_test.h"

namespace r50::test {
namespace {

TEST(Synthetic, HasImagesOfTheRunsSizeReadyInItsOwnMemory) {
  const auto dataset = build<Dataset>("use = 'synthetic'\nclasses = 7\ntrain_images = 1000",
                                      {.seed = 1, .image_size = 40});
  dataset.call([](const auto& it) {
    EXPECT_EQ(it.info().train_images, 1000);
    EXPECT_EQ(it.info().classes.size(), 7u);
    SampleBuffer buffer;
    for (const std::int64_t index : {0, 1, 999}) {
      const Sample sample = it.read(Split::train, index, buffer);
      EXPECT_EQ(sample.form, Sample::Form::pixels);
      EXPECT_EQ(sample.size, (ImageSize{40, 40}));
      EXPECT_EQ(sample.bytes.size(), 40u * 40 * 3);
      EXPECT_EQ(sample.label, index % 7);
    }
    EXPECT_TRUE(buffer.bytes.empty()) << "nothing is copied";
  });
}

}  // namespace
}  // namespace r50::test
