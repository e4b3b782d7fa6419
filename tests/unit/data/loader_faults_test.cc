// What the loader does where samples cannot be read.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "support/base/fake_clock.h"
#include "unit/data/numbers.h"

namespace r50::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::ThrowsMessage;

TEST(Loader, ReplacesBadSamplesByTheNextGoodOnesAndTellsEachOnce) {
  Parts setup(20, 10, {4, 9});
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
  Parts setup(100, 10, {1, 2, 3, 4});
  setup.allow(0.03);
  Loader loader(setup);
  EXPECT_THAT([&] { read_batches(loader, 10); },
              ThrowsMessage<Error>(testing::AllOf(
                  HasSubstr("4 of 100 training images"), HasSubstr("max_bad = 0.03 allows (3)"),
                  HasSubstr("damaged"), HasSubstr("quarantine.txt"))));
}

TEST(Loader, CountsABadSampleOnceForTheWholeRun) {
  const std::set<std::int64_t> bad = {1, 2};
  Parts setup(100, 10, bad);
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
  Parts setup(20, 10);
  setup.data->faults_left[7] = 3;
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
  Parts setup(20, 10);
  setup.data->faults_left[7] = 1000;
  setup.plan = epoch_plan(facts(20, 10), stored, 0, 2);  // which shows it once
  test::FakeClock clock;
  setup.clock = &clock;
  {
    Loader loader(setup);
    EXPECT_THAT(read_batches(loader, 2), SizeIs(2));
  }
  EXPECT_THAT(setup.told, ElementsAre(bad_training(7, "Input/output error, tried 4 times")));
  EXPECT_EQ(setup.data->faults_left[7], 1000 - 4);
}

TEST(Loader, LackOfFilesIsNoBadSample) {
  Parts setup(20, 10);
  setup.data->lacks_files_at = 3;
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
  Parts setup(20, 10);
  setup.data->mislabelled = 7;
  Loader loader(setup);
  EXPECT_THAT(
      [&] { read_batches(loader, 2); },
      ThrowsMessage<Error>(HasSubstr("dataset 'numbers' gives the label 2 to the sample 'training "
                                     "sample 7'; labels of its 2 classes are 0 to 1")));
}

TEST(Loader, EndsEvenIfNothingCanBeRead) {
  std::set<std::int64_t> all;
  for (std::int64_t i = 0; i < 10; ++i) all.insert(i);
  Parts setup(10, 5, all);
  Loader loader(setup);
  EXPECT_THAT([&] { read_batches(loader, 1); }, ThrowsMessage<Error>(HasSubstr("Not one image")));
}

TEST(Loader, WhatAWorkerThrowsComesOutOfNextWithThePluginsName) {
  Parts setup(100, 10);
  setup.data->throws_at = 17;
  setup.threads = 4;
  Loader loader(setup);
  EXPECT_THAT([&] { read_batches(loader, 10); },
              ThrowsMessage<Error>(testing::AllOf(HasSubstr("dataset 'numbers'"),
                                                  HasSubstr("a bug in the data set"))));
  EXPECT_THAT([&] { read_batches(loader, 1); }, ThrowsMessage<Error>(HasSubstr("a bug")));
}

TEST(QuarantinedSample, IsOneLineWhateverItsNameHolds) {
  const QuarantinedSample sample{Split::train, "train/a\nb\tc\\n.jpg", "bad\x1b[31m\r"};
  EXPECT_EQ(sample.line(), "train\ttrain/a\\nb\\tc\\\\n.jpg\tbad\\x1b[31m\\r\n");
  EXPECT_THAT(quarantined_in(sample.line()), ElementsAre(sample));
  EXPECT_EQ(sample.text(), "train/a\\nb\\tc\\\\n.jpg (bad\\x1b[31m\\r)");
}

TEST(QuarantinedSample, IsReadFromItsLine) {
  const QuarantinedSample one{Split::train, "train/cat/\xc3\xa4.jpg", "a\tb"};
  const QuarantinedSample two{Split::evaluate, "val/cat/1.jpg", ""};
  EXPECT_THAT(quarantined_in(one.line() + two.line()), ElementsAre(one, two));
  EXPECT_THAT(
      quarantined_in("train/cat/1.jpg\tof an older r50\n\n" + two.line() + "train\tx\ttorn"),
      ElementsAre(two));
}

}  // namespace
}  // namespace r50::data
