#include "data/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "data/plan.h"
#include "support/base/fake_clock.h"

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
    if (index == lacks_files_at) throw_read_fault(EMFILE, "image 3");
    if (faults_left.contains(index) && faults_left.at(index)-- > 0) throw_read_fault(EIO, "");
    if (bad_.contains(index)) throw BadSample("damaged");
    buffer.bytes.resize(stored * stored * 3);
    for (std::size_t i = 0; i < buffer.bytes.size(); ++i) {
      buffer.bytes[i] = static_cast<std::uint8_t>(index * 7 + static_cast<std::int64_t>(i));
    }
    return {
        Sample::Form::pixels, buffer.bytes, {stored, stored}, index == mislabelled ? 2 : index % 2};
  }

  std::set<std::int64_t> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  std::int64_t throws_at = -1, lacks_files_at = -1, mislabelled = -1;
  mutable std::map<std::int64_t, std::atomic<int>> faults_left;  // passing ones, by sample

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
ActiveStage<Interface> stage(const char* name = "stage") {
  return {Held<Interface>(std::make_shared<Stage>(), "a stage"), augmentation_stream(name)};
}

RunFacts facts(std::int64_t images, std::int64_t batch) {
  RunFacts facts;
  facts.seed = 5;
  facts.batch = batch;
  facts.train_images = images;
  facts.length = {10, images / batch};
  return facts;
}

struct Parts : LoaderSetup {
  Parts(std::shared_ptr<Numbers> numbers, std::int64_t batch, int image_size = stored)
      : data(std::move(numbers)) {
    dataset = Held<Dataset>(data, "dataset 'numbers'");
    plan = epoch_plan(facts(data->info().train_images, batch), image_size);
    seed = 5;
    allow(1);
  }
  void allow(double max_bad, const std::vector<QuarantinedSample>& known = {}) {
    quarantine = std::make_shared<Quarantine>(
        dataset, max_bad, [this](const QuarantinedSample& sample) { told.push_back(sample); },
        known);
  }
  std::shared_ptr<Numbers> data;
  std::vector<QuarantinedSample> told;
};

QuarantinedSample bad_training(std::int64_t index, const std::string& reason = "damaged") {
  return {Split::train, "training sample " + std::to_string(index), reason};
}

std::vector<std::int64_t> keys_of(const MicroBatch& batch) {
  const auto* keys = batch.keys.const_data_ptr<std::int64_t>();
  return {keys, keys + batch.size()};
}

// Everything a batch holds, in order.
std::string bytes_of(const MicroBatch& batch) {
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
  MicroBatch batch;
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
  const auto numbers = std::make_shared<Numbers>(2'000'000);
  Parts setup(numbers, 100);
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
  for (const std::int64_t index : numbers->asked()) {
    ASSERT_TRUE(planned.contains(index)) << index << " was read and is not among the next batches";
  }
  setup.plan->plan(0, 10'000, plan);
  EXPECT_EQ(keys_of(batch)[0], plan.samples[0].index);
}

TEST(Loader, SeekingGivesWhatReadingOnWouldHaveGiven) {
  Parts setup(std::make_shared<Numbers>(40), 8);
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
  Parts setup(std::make_shared<Numbers>(20), 8);
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
  const auto numbers = std::make_shared<Numbers>(11);
  Parts setup(numbers, 4);
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
  Parts setup(std::make_shared<Numbers>(8), 8);
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
  Parts setup(std::make_shared<Numbers>(32), 8);
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

TEST(Loader, ReplacesBadSamplesByTheNextGoodOnesAndTellsEachOnce) {
  Parts setup(std::make_shared<Numbers>(20, std::set<std::int64_t>{4, 9}), 10);
  setup.threads = 2;
  Loader loader(setup);
  MicroBatch batch;
  PlannedMicroBatch plan;
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
  EXPECT_EQ(setup.quarantine->count(Split::train), 2);
  EXPECT_THAT(setup.told, testing::UnorderedElementsAre(bad_training(4), bad_training(9)));
}

TEST(Loader, StopsWhenMoreThanAllowedIsBad) {
  Parts setup(std::make_shared<Numbers>(100, std::set<std::int64_t>{1, 2, 3, 4}), 10);
  setup.allow(0.03);
  Loader loader(setup);
  EXPECT_THAT([&] { read_batches(loader, 10); },
              ThrowsMessage<Error>(testing::AllOf(
                  HasSubstr("4 of 100 training images"), HasSubstr("max_bad = 0.03 allows (3)"),
                  HasSubstr("damaged"), HasSubstr("quarantine.txt"))));
}

TEST(Loader, CountsABadSampleOnceForTheWholeRun) {
  const std::set<std::int64_t> bad = {1, 2};
  Parts setup(std::make_shared<Numbers>(100, bad), 10);
  setup.allow(0.02, {bad_training(1, "as an earlier process of the run saw")});
  Parts estimate = setup;  // another loader of the same images
  {
    Loader loader(setup), other(estimate);
    EXPECT_THAT(read_batches(loader, 10), SizeIs(10));
    EXPECT_THAT(read_batches(other, 10), SizeIs(10));
  }
  EXPECT_THAT(setup.told, ElementsAre(bad_training(2)));
  setup.allow(0.02, {bad_training(50), bad_training(51)});  // with these, 1 is the third
  Loader loader(setup);
  EXPECT_THAT([&] { read_batches(loader, 10); },
              ThrowsMessage<Error>(HasSubstr("3 of 100 training images")));
}

TEST(Loader, TriesAgainWhereAFaultMayPass) {
  const auto numbers = std::make_shared<Numbers>(20);
  numbers->faults_left[7] = 3;
  Parts setup(numbers, 10);
  test::FakeClock clock;
  setup.clock = &clock;
  setup.threads = 3;
  {
    Loader loader(setup);
    EXPECT_THAT(read_batches(loader, 2), SizeIs(2));
  }
  EXPECT_THAT(setup.told, testing::IsEmpty());
  EXPECT_THAT(clock.slept, ElementsAre(0.1, 0.5, 2));
}

TEST(Loader, CallsASampleBadWhoseFaultDoesNotPass) {
  const auto numbers = std::make_shared<Numbers>(20);
  numbers->faults_left[7] = 1000;
  Parts setup(numbers, 10);
  setup.plan = epoch_plan(facts(20, 10), stored, 0, 2);  // which shows it once
  test::FakeClock clock;
  setup.clock = &clock;
  {
    Loader loader(setup);
    EXPECT_THAT(read_batches(loader, 2), SizeIs(2));
  }
  EXPECT_THAT(setup.told, ElementsAre(bad_training(7, "Input/output error, tried 4 times")));
  EXPECT_EQ(numbers->faults_left[7], 1000 - 4);
}

TEST(Loader, LackOfFilesIsNoBadSample) {
  const auto numbers = std::make_shared<Numbers>(20);
  numbers->lacks_files_at = 3;
  Parts setup(numbers, 10);
  test::FakeClock clock;
  setup.clock = &clock;
  Loader loader(setup);
  EXPECT_THAT([&] { read_batches(loader, 2); },
              ThrowsMessage<PluginFailure>(
                  testing::AllOf(HasSubstr("dataset 'numbers'"), HasSubstr("cannot read 'image 3'"),
                                 HasSubstr("Too many open files"), HasSubstr("ulimit -n"))));
  EXPECT_THAT(setup.told, testing::IsEmpty());
  EXPECT_THAT(clock.slept, testing::IsEmpty());
}

TEST(Loader, ALabelOutsideTheClassesNamesPluginAndSample) {
  const auto numbers = std::make_shared<Numbers>(20);
  numbers->mislabelled = 7;
  Parts setup(numbers, 10);
  Loader loader(setup);
  EXPECT_THAT(
      [&] { read_batches(loader, 2); },
      ThrowsMessage<Error>(HasSubstr("dataset 'numbers' gives the label 2 to the sample 'training "
                                     "sample 7'; labels of its 2 classes are 0 to 1")));
}

// What lies beyond would be decoded for nothing, and could end a run that is done.
TEST(Loader, ReadsNothingBeyondTheEndOfTheRun) {
  const auto numbers = std::make_shared<Numbers>(100);
  Parts setup(numbers, 10);
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
  EXPECT_EQ(numbers->asked(), wanted);
}

TEST(Loader, GivesWhatIsAskedForBeyondTheEndToo) {
  Parts setup(std::make_shared<Numbers>(40), 8);
  Parts shorter = setup;
  shorter.plan = epoch_plan(facts(40, 8), stored, 0, 2);
  Loader loader(setup), other(shorter);
  EXPECT_EQ(read_batches(loader, 12), read_batches(other, 12));
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
  setup.regions = {stage<Outside, RegionStage>()};
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
    MicroBatch batch;
    for (int i = 0; i < round % 4 - 1; ++i) ASSERT_TRUE(loader.next(batch));
    if (round % 2) loader.seek(0, 1);
  }
}

}  // namespace
}  // namespace r50::data
