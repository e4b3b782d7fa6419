#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "data/plan.h"
#include "r50/error.h"

namespace r50::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::ThrowsMessage;

RunFacts facts(std::int64_t images, std::int64_t batch, std::int64_t accumulate = 1,
               std::int64_t ranks = 1) {
  RunFacts facts;
  facts.seed = 7;
  facts.batch = batch;
  facts.accumulate = accumulate;
  facts.ranks = ranks;
  facts.train_images = images;
  facts.length = {4, images / batch};
  return facts;
}

std::vector<std::int64_t> epoch_of(const MicroBatchPlan& plan, std::int64_t epoch) {
  std::vector<std::int64_t> indices;
  PlannedMicroBatch micro_batch;
  for (std::int64_t i = 0; i < plan.per_epoch(); ++i) {
    plan.plan(epoch, i, micro_batch);
    for (const PlannedSample& sample : micro_batch.samples) indices.push_back(sample.index);
  }
  return indices;
}

TEST(EpochPlan, ShowsEachImageAtMostOnceAndDropsWhatIsLeftOver) {
  const auto plan = epoch_plan(facts(103, 10), 32);
  EXPECT_EQ(plan->per_epoch(), 10);
  const auto shown = epoch_of(*plan, 3);
  EXPECT_THAT(shown, SizeIs(100));
  EXPECT_THAT(std::set(shown.begin(), shown.end()), SizeIs(100));
}

TEST(EpochPlan, OrdersEveryEpochAnewAndAlwaysTheSame) {
  const auto plan = epoch_plan(facts(100, 10), 32);
  EXPECT_EQ(epoch_of(*plan, 0), epoch_of(*epoch_plan(facts(100, 10), 32), 0));
  EXPECT_NE(epoch_of(*plan, 0), epoch_of(*plan, 1));
}

TEST(EpochPlan, MicroBatchesOfAllRanksTogetherAreTheGlobalBatch) {
  const auto whole = epoch_of(*epoch_plan(facts(48, 12), 32), 1);
  std::vector<std::int64_t> parts(whole.size());
  for (std::int64_t rank = 0; rank < 3; ++rank) {
    const auto plan = epoch_plan(facts(48, 12, 2, 3), 32, rank);
    EXPECT_EQ(plan->most_samples(), 2);
    const auto mine = epoch_of(*plan, 1);
    for (std::size_t i = 0; i < mine.size(); ++i) {
      parts[i / 2 * 6 + static_cast<std::size_t>(rank) * 2 + i % 2] = mine[i];
    }
  }
  EXPECT_EQ(parts, whole);
}

TEST(EpochPlan, ReplacesABadImageByTheNextOnesOfTheEpochsOrder) {
  const auto plan = epoch_plan(facts(10, 10), 32);
  const auto order = epoch_of(*plan, 2);
  const PlannedSample last{order[9], 0, 9};
  EXPECT_EQ(plan->replacement(2, last, 1), order[0]);
  EXPECT_EQ(plan->replacement(2, last, 3), order[2]);
}

TEST(EpochPlan, EndsWithTheRun) {
  EXPECT_EQ(epoch_plan(facts(100, 10, 2), 32)->end(0), 80);  // micro-batches
  EXPECT_EQ(epoch_plan(facts(100, 10, 2), 32, 0, 3)->end(0), 6);
}

TEST(EpochPlan, SaysWhatCannotBeDivided) {
  EXPECT_THAT([] { epoch_plan(facts(100, 10, 3), 32); },
              ThrowsMessage<WrongInput>(HasSubstr("accumulate")));
  EXPECT_THAT([] { epoch_plan(facts(5, 10), 32); },
              ThrowsMessage<WrongInput>(HasSubstr("5 training images")));
}

TEST(SequentialPlan, ShowsEveryImageOnceTheLastBatchBeingSmaller) {
  const auto plan = sequential_plan(7, 3, 32);
  EXPECT_EQ(plan->per_epoch(), 3);
  EXPECT_THAT(epoch_of(*plan, 5), ElementsAre(0, 1, 2, 3, 4, 5, 6));
  EXPECT_EQ(plan->end(5), 18);  // each pass stands alone
}

TEST(SequentialPlan, SharesImagesAmongRanksWithoutRepeatingAny) {
  EXPECT_THAT(epoch_of(*sequential_plan(7, 2, 32, 2, 0), 0), ElementsAre(0, 2, 4, 6));
  EXPECT_THAT(epoch_of(*sequential_plan(7, 2, 32, 2, 1), 0), ElementsAre(1, 3, 5));
}

TEST(EstimatePlan, ShowsTheSameImagesInEveryEpochInWholeBatches) {
  const auto plan = estimate_plan(facts(1000, 64), 16, 100, 32);
  EXPECT_EQ(plan->per_epoch(), 6);
  EXPECT_EQ(epoch_of(*plan, 0), epoch_of(*plan, 9));
  const auto shown = epoch_of(*plan, 0);
  EXPECT_THAT(std::set(shown.begin(), shown.end()), SizeIs(96));
  EXPECT_NE(shown[0], 0);
}

TEST(EstimatePlan, MakesDoWithFewerImagesThanABatch) {
  const auto plan = estimate_plan(facts(5, 64), 16, 4096, 32);
  EXPECT_THAT(epoch_of(*plan, 0), SizeIs(5));
}

}  // namespace
}  // namespace r50::data
