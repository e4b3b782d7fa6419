#include "data/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "data/epoch_plan.h"

namespace r50::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::ThrowsMessage;

constexpr int stored = 12;  // pixels a side

// Images that tell their index by their pixels, and remember who asked for them.
class Numbers final : public Dataset {
 public:
  explicit Numbers(std::int64_t images, std::set<std::int64_t> bad = {}) : bad_(std::move(bad)) {
    info_.classes = {"even", "odd"};
    info_.train_images = info_.evaluate_images = images;
  }
  const DatasetInfo& info() const override { return info_; }

  Sample read(Split, std::int64_t index, SampleBuffer& buffer) const override {
    {
      const std::lock_guard lock(mutex_);
      asked_.insert(index);
    }
    if (index == throws_at) throw std::logic_error("a bug in the data set");
    if (bad_.contains(index)) throw BadSample("damaged");
    buffer.bytes.resize(stored * stored * 3);
    for (std::size_t i = 0; i < buffer.bytes.size(); ++i) {
      buffer.bytes[i] = static_cast<std::uint8_t>(index * 7 + static_cast<std::int64_t>(i));
    }
    return {Sample::Form::pixels, buffer.bytes, {stored, stored}, index % 2};
  }

  std::set<std::int64_t> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  std::int64_t throws_at = -1;

 private:
  DatasetInfo info_;
  std::set<std::int64_t> bad_;
  mutable std::mutex mutex_;
  mutable std::set<std::int64_t> asked_;
};

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
ActiveStage<Interface> stage(int position) {
  return {Held<Interface>(std::make_shared<Stage>(), "a stage"), augmentation_stream(position)};
}

RunFacts facts(std::int64_t images, std::int64_t batch) {
  RunFacts facts;
  facts.seed = 5;
  facts.batch = batch;
  facts.train_images = images;
  return facts;
}

struct Parts : LoaderSetup {
  Parts(std::shared_ptr<Numbers> numbers, std::int64_t batch, int image_size = stored)
      : data(std::move(numbers)) {
    dataset = Held<Dataset>(data, "dataset 'numbers'");
    plan = epoch_plan(facts(data->info().train_images, batch), image_size);
    seed = 5;
    max_bad = 1;
    quarantined = [this](const std::string& name, const std::string& reason) {
      const std::lock_guard lock(mutex);
      told.emplace_back(name, reason);
    };
  }
  std::shared_ptr<Numbers> data;
  std::mutex mutex;
  std::vector<std::pair<std::string, std::string>> told;
};

std::vector<std::int64_t> keys_of(const Batch& batch) {
  const auto* keys = batch.keys.const_data_ptr<std::int64_t>();
  return {keys, keys + batch.size()};
}

// Everything a batch holds, in order.
std::string bytes_of(const Batch& batch) {
  std::string bytes(static_cast<const char*>(batch.images.const_data_ptr()),
                    static_cast<std::size_t>(batch.images.numel()));
  for (const std::int64_t key : keys_of(batch)) bytes += "," + std::to_string(key);
  const auto* targets = batch.targets.const_data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < batch.size(); ++i) bytes += ":" + std::to_string(targets[i]);
  for (const std::int64_t row : batch.stand_ins) bytes += " " + std::to_string(row);
  return bytes;
}

std::vector<std::string> read_batches(Loader& loader, int count) {
  std::vector<std::string> all;
  Batch batch;
  for (int tries = 0; tries < 4 * count && static_cast<int>(all.size()) < count; ++tries) {
    if (loader.next(batch)) all.push_back(bytes_of(batch));
  }
  return all;
}

TEST(Loader, TheNumberOfThreadsChangesNothing) {
  std::vector<std::string> first;
  for (const int threads : {1, 2, 8}) {
    Parts setup(std::make_shared<Numbers>(61, std::set<std::int64_t>{3, 40}), 8, 9);
    setup.threads = threads;
    setup.regions = {stage<RandomBox, RegionStage>(0)};
    setup.pixels = {stage<AddNoise, PixelStage>(1)};
    Loader loader(setup);
    loader.seek(2, 3);
    const auto batches = read_batches(loader, 30);  // over four borders of epochs
    ASSERT_THAT(batches, SizeIs(30));
    if (first.empty()) first = batches;
    EXPECT_EQ(batches, first) << threads << " threads";
  }
}

TEST(Loader, ContinuesAfterAMillionSamplesReadingNoneBefore) {
  const auto numbers = std::make_shared<Numbers>(2'000'000);
  Parts setup(numbers, 100);
  setup.threads = 2;
  Loader loader(setup);
  loader.seek(0, 10'000);
  Batch batch;
  ASSERT_TRUE(loader.next(batch));
  std::set<std::int64_t> planned;
  PlannedBatch plan;
  for (std::int64_t i = 10'000; i < 10'000 + setup.slots; ++i) {
    setup.plan->plan(0, i, plan);
    for (const PlannedSample& sample : plan.samples) planned.insert(sample.index);
  }
  for (const std::int64_t index : numbers->asked()) {
    ASSERT_TRUE(planned.contains(index)) << index << " was read and is not among the next batches";
  }
  setup.plan->plan(0, 10'000, plan);
  EXPECT_EQ(keys_of(batch)[0], plan.samples[0].index);
}

TEST(Loader, SeekingGivesWhatReadingOnWouldHaveGiven) {
  Parts setup(std::make_shared<Numbers>(40), 8);
  setup.threads = 3;
  setup.pixels = {stage<AddNoise, PixelStage>(0)};
  Loader straight(setup), jumping(setup);
  const auto all = read_batches(straight, 15);
  jumping.seek(2, 1);  // the 11th batch of 5 an epoch
  EXPECT_EQ(read_batches(jumping, 2), (std::vector(all.begin() + 11, all.begin() + 13)));
  jumping.seek(0, 4);
  EXPECT_EQ(read_batches(jumping, 1), (std::vector(all.begin() + 4, all.begin() + 5)));
}

TEST(Loader, TellsTheEndOfEachEpochOnce) {
  Parts setup(std::make_shared<Numbers>(20), 8);
  Loader loader(setup);
  Batch batch;
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
  const auto numbers = std::make_shared<Numbers>(11);
  Parts setup(numbers, 4);
  setup.split = Split::evaluate;
  setup.plan = sequential_plan(11, 4, stored);
  setup.threads = 2;
  Loader loader(setup);
  for (int pass = 0; pass < 2; ++pass) {
    loader.seek(0, 0);
    Batch batch;
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
  Parts setup(std::make_shared<Numbers>(8), 8);
  Loader loader(setup);
  Batch batch;
  ASSERT_TRUE(loader.next(batch));
  EXPECT_EQ(batch.images.sizes(), (at::IntArrayRef{8, 3, stored, stored}));
  EXPECT_TRUE(batch.images.is_contiguous(at::MemoryFormat::ChannelsLast));
  const auto* pixels = batch.images.const_data_ptr<std::uint8_t>();
  for (int i = 0; i < stored * stored * 3; ++i) {
    ASSERT_EQ(pixels[i], static_cast<std::uint8_t>(keys_of(batch)[0] * 7 + i));
  }
}

TEST(Loader, StagesBeginAndEndWithTheirBatches) {
  Parts setup(std::make_shared<Numbers>(32), 8);
  auto black = stage<Blacken, PixelStage>(0);
  black.from_batch = 5;  // the second epoch's second
  black.until_batch = 7;
  setup.pixels = {black};
  Loader loader(setup);
  Batch batch;
  std::vector<int> blackened;
  for (int at = 0, tries = 0; at < 10 && tries < 20; ++tries) {
    if (!loader.next(batch)) continue;
    if (batch.images.max().item<int>() == 0) blackened.push_back(at);
    ++at;
  }
  EXPECT_THAT(blackened, ElementsAre(5, 6));
}

TEST(Loader, ReplacesBadSamplesByTheNextGoodOnesAndTellsEachOnce) {
  Parts setup(std::make_shared<Numbers>(20, std::set<std::int64_t>{4, 9}), 10);
  setup.threads = 2;
  Loader loader(setup);
  Batch batch;
  PlannedBatch plan;
  for (int epoch = 0; epoch < 5; ++epoch) {
    std::size_t replaced = 0;
    for (int i = 0; i < 2; ++i) {
      ASSERT_TRUE(loader.next(batch));
      replaced += batch.stand_ins.size();
      setup.plan->plan(epoch, i, plan);
      const auto keys = keys_of(batch);
      for (std::size_t at = 0; at < keys.size(); ++at) {
        std::int64_t expected = plan.samples[at].index;
        EXPECT_EQ(std::count(batch.stand_ins.begin(), batch.stand_ins.end(), at),
                  expected == 4 || expected == 9);
        for (int attempt = 1; expected == 4 || expected == 9; ++attempt) {
          expected = setup.plan->replacement(epoch, plan.samples[at], attempt);
        }
        EXPECT_EQ(keys[at], expected);
      }
    }
    EXPECT_EQ(replaced, 2);
    EXPECT_FALSE(loader.next(batch));
  }
  EXPECT_EQ(loader.quarantined(), 2);
  EXPECT_THAT(setup.told,
              testing::UnorderedElementsAre(testing::Pair("training sample 4", "damaged"),
                                            testing::Pair("training sample 9", "damaged")));
}

TEST(Loader, StopsWhenMoreThanAllowedIsBad) {
  Parts setup(std::make_shared<Numbers>(100, std::set<std::int64_t>{1, 2, 3, 4}), 10);
  setup.max_bad = 0.03;
  Loader loader(setup);
  EXPECT_THAT([&] { read_batches(loader, 10); },
              ThrowsMessage<Error>(testing::AllOf(
                  HasSubstr("4 of 100 training images"), HasSubstr("max_bad = 0.03 allows (3)"),
                  HasSubstr("damaged"), HasSubstr("quarantine.txt"))));
}

TEST(Loader, EndsEvenIfNothingCanBeRead) {
  std::set<std::int64_t> all;
  for (std::int64_t i = 0; i < 10; ++i) all.insert(i);
  Parts setup(std::make_shared<Numbers>(10, all), 5);
  Loader loader(setup);
  EXPECT_THAT([&] { read_batches(loader, 1); }, ThrowsMessage<Error>(HasSubstr("Not one image")));
}

TEST(Loader, WhatAWorkerThrowsComesOutOfNextWithThePluginsName) {
  const auto numbers = std::make_shared<Numbers>(100);
  numbers->throws_at = 17;
  Parts setup(numbers, 10);
  setup.threads = 4;
  Loader loader(setup);
  EXPECT_THAT([&] { read_batches(loader, 10); },
              ThrowsMessage<Error>(testing::AllOf(HasSubstr("dataset 'numbers'"),
                                                  HasSubstr("a bug in the data set"))));
  EXPECT_THAT([&] { read_batches(loader, 1); }, ThrowsMessage<Error>(HasSubstr("a bug")));
}

class Outside final : public RegionStage {
 public:
  void choose(Region& region, ImageSize image, Random&) const override {
    region.left = image.width;
  }
};

TEST(Loader, NamesAStageThatChoosesWhatIsNotThere) {
  Parts setup(std::make_shared<Numbers>(10), 5);
  setup.regions = {stage<Outside, RegionStage>(0)};
  Loader loader(setup);
  EXPECT_THAT([&] { read_batches(loader, 1); },
              ThrowsMessage<Error>(HasSubstr("a stage chose a region that does not lie within")));
}

TEST(Loader, CanBeLeftAtAnyTime) {
  for (int round = 0; round < 20; ++round) {
    Parts setup(std::make_shared<Numbers>(64), 8);
    setup.threads = 4;
    Loader loader(setup);
    if (round % 4 == 0) continue;
    loader.seek(round, round % 3);
    Batch batch;
    for (int i = 0; i < round % 4 - 1; ++i) ASSERT_TRUE(loader.next(batch));
    if (round % 2) loader.seek(0, 1);
  }
}

}  // namespace
}  // namespace r50::data
