#include "data/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "unit/data/numbers.h"

namespace r50::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::ThrowsMessage;

class RandomBox final : public RegionStage {
 public:
  void choose(Region& region, ImageSize image, Random& random) const override {
    region.height = region.width = 4 + static_cast<double>(random.below(image.height - 4));
    region.top = region.left = 1;
    region.flip = random.chance(0.5);
  }
};

class AddNoise final : public PixelStage {
 public:
  void apply(PixelSpan image, Random& random) const override {
    for (int y = 0; y < image.height; ++y) {
      for (int i = 0; i < image.width * 3; ++i) image.row(y)[i] ^= random.bits() & 3;
    }
  }
};

class Blacken final : public PixelStage {
 public:
  void apply(PixelSpan image, Random&) const override {
    std::fill(image.data, image.data + image.height * image.stride, 0);
  }
};

template <class Stage, class Interface>
ActiveStage<Interface> stage(const char* name = "stage") {
  return {Held<Interface>(std::make_shared<Stage>(), "a stage"), augmentation_stream(name)};
}

TEST(Loader, TheNumberOfThreadsChangesNothing) {
  std::vector<std::string> first;
  for (const int threads : {1, 2, 8}) {
    Parts setup(61, 8, {3, 40});
    setup.plan = epoch_plan(facts(61, 8), 9);
    setup.threads = threads;
    setup.regions = {stage<RandomBox, RegionStage>("box")};
    setup.pixels = {stage<AddNoise, PixelStage>("noise")};
    Loader loader(setup);
    loader.seek(2, 3);
    const auto batches = read_batches(loader, 30);  // over four borders of epochs
    ASSERT_THAT(batches, SizeIs(30));
    if (first.empty()) first = batches;
    EXPECT_EQ(batches, first) << threads << " threads";
  }
}

TEST(Loader, ContinuesAfterAMillionSamplesReadingNoneBefore) {
  Parts setup(2'000'000, 100);
  setup.threads = 2;
  Loader loader(setup);
  loader.seek(0, 10'000);
  MicroBatch batch;
  ASSERT_TRUE(loader.next(batch));
  std::set<std::int64_t> planned;
  PlannedMicroBatch plan;
  for (std::int64_t i = 10'000; i < 10'000 + setup.slots; ++i) {
    setup.plan->plan(0, i, plan);
    for (const PlannedSample& sample : plan.samples) planned.insert(sample.index);
  }
  for (const std::int64_t index : setup.data->asked()) {
    ASSERT_TRUE(planned.contains(index)) << index << " was read and is not among the next batches";
  }
  setup.plan->plan(0, 10'000, plan);
  EXPECT_EQ(keys_of(batch)[0], plan.samples[0].index);
}

TEST(Loader, SeekingGivesWhatReadingOnWouldHaveGiven) {
  Parts setup(40, 8);
  setup.threads = 3;
  setup.pixels = {stage<AddNoise, PixelStage>()};
  Loader straight(setup), jumping(setup);
  const auto all = read_batches(straight, 15);
  jumping.seek(2, 1);  // the 11th batch of 5 an epoch
  EXPECT_EQ(read_batches(jumping, 2), (std::vector(all.begin() + 11, all.begin() + 13)));
  jumping.seek(0, 4);
  EXPECT_EQ(read_batches(jumping, 1), (std::vector(all.begin() + 4, all.begin() + 5)));
}

TEST(Loader, TellsTheEndOfEachEpochOnce) {
  Parts setup(20, 8);
  Loader loader(setup);
  MicroBatch batch;
  for (int epoch = 0; epoch < 3; ++epoch) {
    if (epoch == 2) loader.seek(2, 0);  // where it stands anyway
    EXPECT_TRUE(loader.next(batch));
    EXPECT_TRUE(loader.next(batch));
    EXPECT_FALSE(loader.next(batch)) << "epoch " << epoch;
  }
  loader.seek(1, 2);  // at an epoch's end
  EXPECT_FALSE(loader.next(batch));
  EXPECT_TRUE(loader.next(batch));
}

TEST(Loader, ShowsEveryEvaluationImageOnceInEveryPass) {
  Parts setup(11, 4);
  setup.split = Split::evaluate;
  setup.plan = sequential_plan(11, 4, stored);
  setup.threads = 2;
  Loader loader(setup);
  for (int pass = 0; pass < 2; ++pass) {
    loader.seek(0, 0);
    MicroBatch batch;
    std::vector<std::int64_t> sizes, keys;
    while (sizes.size() < 9 && loader.next(batch)) {
      sizes.push_back(batch.size());
      for (const std::int64_t key : keys_of(batch)) keys.push_back(key);
    }
    EXPECT_THAT(sizes, ElementsAre(4, 4, 3));
    EXPECT_THAT(keys, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  }
}

TEST(Loader, GivesChannelsLastViewsOfTheStoredPixels) {
  Parts setup(8, 8);
  Loader loader(setup);
  MicroBatch batch;
  ASSERT_TRUE(loader.next(batch));
  EXPECT_EQ(batch.images.sizes(), (at::IntArrayRef{8, 3, stored, stored}));
  EXPECT_TRUE(batch.images.is_contiguous(at::MemoryFormat::ChannelsLast));
  const auto* pixels = batch.images.const_data_ptr<std::uint8_t>();
  for (int i = 0; i < stored * stored * 3; ++i) {
    ASSERT_EQ(pixels[i], static_cast<std::uint8_t>(keys_of(batch)[0] * 7 + i));
  }
}

TEST(Loader, StagesBeginAndEndWithTheirBatches) {
  Parts setup(32, 8);
  auto black = stage<Blacken, PixelStage>();
  black.from = 5;  // the second epoch's second
  black.until = 7;
  setup.pixels = {black};
  Loader loader(setup);
  MicroBatch batch;
  std::vector<int> blackened;
  for (int at = 0, tries = 0; at < 10 && tries < 20; ++tries) {
    if (!loader.next(batch)) continue;
    if (batch.images.max().item<int>() == 0) blackened.push_back(at);
    ++at;
  }
  EXPECT_THAT(blackened, ElementsAre(5, 6));
}

// What lies beyond would be decoded for nothing, and could end a run that is done.
TEST(Loader, ReadsNothingBeyondTheEndOfTheRun) {
  Parts setup(100, 10);
  constexpr std::int64_t steps = 14;  // it ends within an epoch, as by --until
  setup.plan = epoch_plan(facts(100, 10), stored, 0, steps);
  setup.threads = 4;
  std::set<std::int64_t> wanted;
  PlannedMicroBatch plan;
  for (std::int64_t number = 11; number < steps; ++number) {
    setup.plan->plan(number / 10, number % 10, plan);
    for (const PlannedSample& sample : plan.samples) wanted.insert(sample.index);
  }
  {
    Loader loader(setup);
    loader.seek(1, 1);
    EXPECT_THAT(read_batches(loader, 3), SizeIs(3));
  }
  EXPECT_EQ(setup.data->asked(), wanted);
}

TEST(Loader, GivesWhatIsAskedForBeyondTheEndToo) {
  Parts setup(40, 8);
  Parts shorter = setup;
  shorter.plan = epoch_plan(facts(40, 8), stored, 0, 2);
  Loader loader(setup), other(shorter);
  EXPECT_EQ(read_batches(loader, 12), read_batches(other, 12));
}

class Outside final : public RegionStage {
 public:
  void choose(Region& region, ImageSize image, Random&) const override {
    region.left = image.width;
  }
};

TEST(Loader, NamesAStageThatChoosesWhatIsNotThere) {
  Parts setup(10, 5);
  setup.regions = {stage<Outside, RegionStage>()};
  Loader loader(setup);
  EXPECT_THAT([&] { read_batches(loader, 1); },
              ThrowsMessage<Error>(HasSubstr("a stage chose a region that does not lie within")));
}

TEST(Loader, CanBeLeftAtAnyTime) {
  for (int round = 0; round < 20; ++round) {
    Parts setup(64, 8);
    setup.threads = 4;
    Loader loader(setup);
    if (round % 4 == 0) continue;
    loader.seek(round, round % 3);
    MicroBatch batch;
    for (int i = 0; i < round % 4 - 1; ++i) ASSERT_TRUE(loader.next(batch));
    if (round % 2) loader.seek(0, 1);
  }
}

}  // namespace
}  // namespace r50::data
