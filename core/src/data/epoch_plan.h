#pragma once

// The plans of an ordinary run.

#include <cstdint>
#include <memory>

#include "data/plan.h"
#include "r50/progress.h"

namespace r50::data {

// The training images in a new order each epoch, in micro-batches. What is left over after the last
// whole global batch is not shown in that epoch. Throws WrongInput if there is not one whole batch,
// or the batch cannot be divided evenly.
std::shared_ptr<const BatchPlan> epoch_plan(const RunFacts& facts, int image_size,
                                            std::int64_t rank = 0);

// Every image once, in the data set's order; the last batch may be smaller. Rank r of n shows the
// images r, r + n, r + 2n, ...
std::shared_ptr<const BatchPlan> sequential_plan(std::int64_t images, std::int64_t batch,
                                                 int image_size, std::int64_t ranks = 1,
                                                 std::int64_t rank = 0);

// The training images that batch-norm statistics are estimated from: the same `samples` of them in
// every epoch, in whole batches if there are enough (in a smaller batch each image would weigh
// more).
std::shared_ptr<const BatchPlan> estimate_plan(const RunFacts& facts, std::int64_t micro_batch,
                                               std::int64_t samples, int image_size);

}  // namespace r50::data
