#pragma once

// Which samples make up a micro-batch: a pure function of the epoch and of the micro-batch's index
// in it. Repeated augmentation, progressive size, drop-last and sharding belong here and nowhere
// else.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "r50/dataset.h"
#include "r50/progress.h"

namespace r50::data {

struct PlannedSample {
  std::int64_t index = 0;  // in the split
  std::uint32_t draw = 0;  // how often the epoch has shown it before
  std::uint64_t position =
      0;  // in the epoch's order: a bad sample's stand-in is the next from here
};

struct PlannedMicroBatch {
  int image_size = 0;
  std::vector<PlannedSample> samples;
};

class MicroBatchPlan {
 public:
  virtual ~MicroBatchPlan();
  virtual void plan(std::int64_t epoch, std::int64_t index, PlannedMicroBatch& out) const = 0;
  virtual std::int64_t per_epoch() const = 0;     // micro-batches on this rank
  virtual std::int64_t most_samples() const = 0;  // of a micro-batch
  virtual int largest_image() const = 0;
  // The sample shown in place of `bad`, tried `attempt` times (from 1): the next good index.
  virtual std::int64_t replacement(std::int64_t epoch, const PlannedSample& bad,
                                   std::int64_t attempt) const = 0;
  // The number (from 0, over the epochs) of the first micro-batch that is not read ahead by a
  // loader that stands in `epoch`. As a rule each epoch is a pass of its own.
  virtual std::int64_t end(std::int64_t epoch) const { return (epoch + 1) * per_epoch(); }
};

// The training images in a new order each epoch. What is left over after the last whole batch is
// not shown in that epoch. Epochs follow each other up to the end of the run, so that no epoch
// begins with an empty ring; that end is after `steps`, by default those of `facts`. Throws
// WrongInput if there is not one whole batch, or the batch cannot be divided evenly.
std::shared_ptr<const MicroBatchPlan> epoch_plan(const RunFacts& facts, int image_size,
                                                 std::int64_t rank = 0,
                                                 std::optional<std::int64_t> steps = {});

// Every image once, in the data set's order; the last micro-batch may be smaller. Rank r of n shows
// the images r, r + n, r + 2n, ...
std::shared_ptr<const MicroBatchPlan> sequential_plan(std::int64_t images, std::int64_t micro_batch,
                                                      int image_size, std::int64_t ranks = 1,
                                                      std::int64_t rank = 0);

// The training images that batch-norm statistics are estimated from: the same `samples` of them in
// every epoch, in whole micro-batches if there are enough (in a smaller one each image would weigh
// more).
std::shared_ptr<const MicroBatchPlan> estimate_plan(const RunFacts& facts, std::int64_t micro_batch,
                                                    std::int64_t samples, int image_size);

}  // namespace r50::data
