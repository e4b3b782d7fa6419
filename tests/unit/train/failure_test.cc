#include <ATen/ops/empty.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <new>

#include "support/train/fakes.h"
#include "train/errors.h"

namespace r50::train::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

[[noreturn]] void limit_addresses_and_ask() {
  rlimit limit{};
  ::getrlimit(RLIMIT_AS, &limit);
  limit.rlim_cur = rlim_t{1} << 60;  // never reached; only its being there counts
  ::setrlimit(RLIMIT_AS, &limit);
  std::_Exit(says_out_of_memory(Error("could not create a primitive")) ? 0 : 1);
}

TEST(OutOfMemory, OneDnnsWordsCountWhereAddressesAreLimited) {
  EXPECT_FALSE(says_out_of_memory(Error("could not create a primitive")));
  EXPECT_EXIT(limit_addresses_and_ask(), testing::ExitedWithCode(0), "");
}

TEST(Diverged, NamesTheStepAndNothingIsSavedFromThere) {
  Bench bench;
  int micro_batches = 0;
  bench.loss->change = [&](double loss) { return ++micro_batches == 10 ? not_a_number : loss; };
  bench.settings.log_every = 100;
  std::int64_t good_boundaries = 0;
  bench.run.boundary = [&](bool) {
    saved(bench.trainer());
    ++good_boundaries;
  };
  // Micro-batch 10 of training is in step 5; evaluating after step 4 takes numbers, too.
  bench.settings.evaluate_every = 100;
  try {
    bench.trainer().run();
    FAIL() << "it continued";
  } catch (const Diverged& error) {
    EXPECT_EQ(error.step(), 5);
    EXPECT_EQ(error.exit_code(), Exit::stopped);
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("The loss is nan at step 5"), HasSubstr("[run] clip")));
  }
  EXPECT_EQ(good_boundaries, 5);  // four steps and the end of the epoch
}

TEST(Diverged, WeightsThatAreNotFiniteAreNotSavedThoughTheLossWasStillGood) {
  Bench bench;
  bench.optimizer->before_step = [&](Gradients&) {
    bench.model->tensors().parameters[3].tensor.select(0, 0).fill_(
        std::numeric_limits<double>::infinity());
  };
  bench.run.stop_at = 0;
  bench.trainer().run();
  Archive archive;
  try {
    bench.trainer().save(archive);
    FAIL() << "saved";
  } catch (const Diverged& error) {
    EXPECT_EQ(error.step(), 1);
    EXPECT_THAT(error.what(), HasSubstr("Some weights are no longer finite"));
  }
  EXPECT_TRUE(archive.empty());
}

TEST(OutOfMemory, IsToldApartAndKnowsTheMicroBatch) {
  const std::function<void()> causes[] = {
      [] { throw std::bad_alloc(); },
      [] { at::empty({std::int64_t{1} << 55}, at::kByte); },  // c10's own allocator gives up
  };
  for (const auto& cause : causes) {
    Bench bench;
    bench.model->before_forward = cause;
    try {
      bench.trainer().run();
      FAIL() << "it continued";
    } catch (const OutOfMemory& error) {
      EXPECT_EQ(error.what_for(), OutOfMemory::While::training);
      EXPECT_EQ(error.images(), 4);
    }
  }
}

TEST(OutOfMemory, WhileEvaluating) {
  Bench bench;
  bench.model->before_forward = [&] {
    if (!bench.model->training()) throw std::bad_alloc();
  };
  try {
    bench.trainer().run();
    FAIL() << "it continued";
  } catch (const OutOfMemory& error) {
    EXPECT_EQ(error.what_for(), OutOfMemory::While::evaluating);
    EXPECT_EQ(error.images(), 5);
  }
}

TEST(Failure, OfAPluginNamesIt) {
  Bench bench;
  bench.model->before_forward = [] { throw std::runtime_error("no such layer"); };
  try {
    bench.trainer().run();
    FAIL() << "it continued";
  } catch (const OutOfMemory&) {
    FAIL() << "not a matter of memory";
  } catch (const PluginFailure& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("the model"), HasSubstr("no such layer")));
  }
}

TEST(Failure, TooFewBatchesAreToldBeforeTraining) {
  Bench bench;
  bench.settings.facts.length.steps_per_epoch = 5;
  EXPECT_THROW(bench.trainer(), Error);
}

}  // namespace
}  // namespace r50::train::test
