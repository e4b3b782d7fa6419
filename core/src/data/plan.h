#pragma once

// Which samples make up a batch: a pure function of (epoch, batch). Repeated augmentation,
// progressive size, drop-last and sharding belong here and nowhere else.

#include <cstdint>
#include <vector>

#include "r50/dataset.h"
#include "r50/random.h"

namespace r50::data {

struct PlannedSample {
  std::int64_t index = 0;      // in the split
  std::uint32_t draw = 0;      // how often the epoch has shown it before
  std::uint64_t position = 0;  // in the epoch: replacement of bad samples starts from here
};

struct PlannedBatch {
  int image_size = 0;
  std::vector<PlannedSample> samples;
};

class BatchPlan {
 public:
  virtual ~BatchPlan();
  virtual void plan(std::int64_t epoch, std::int64_t batch, PlannedBatch& out) const = 0;
  virtual std::int64_t batches() const = 0;  // micro-batches an epoch, on this rank
  virtual std::int64_t largest_batch() const = 0;
  virtual int largest_image() const = 0;
  // The sample shown in place of `bad`, tried `attempt` times (from 1): the next good index.
  virtual std::int64_t replacement(std::int64_t epoch, const PlannedSample& bad,
                                   std::int64_t attempt) const = 0;
  // Whether epoch e + 1 is what follows epoch e: the loader then reads on across the border, so
  // that no epoch begins with an empty ring.
  virtual bool endless() const { return false; }
};

// The training images in a new order each epoch. What is left over after the last whole global
// batch is not shown in this epoch.
class EpochPlan final : public BatchPlan {
 public:
  struct Settings {
    std::int64_t images = 0;
    std::int64_t batch = 0;  // global: images a step over all ranks and micro-batches
    std::int64_t accumulate = 1;
    std::int64_t ranks = 1;
    std::int64_t rank = 0;
    int image_size = 0;
    std::uint64_t seed = 0;
  };
  // Throws WrongInput if the images are fewer than a batch, or the batch cannot be divided.
  explicit EpochPlan(const Settings& settings);

  void plan(std::int64_t epoch, std::int64_t batch, PlannedBatch& out) const override;
  std::int64_t batches() const override;
  std::int64_t largest_batch() const override { return micro_batch_; }
  int largest_image() const override { return settings_.image_size; }
  std::int64_t replacement(std::int64_t epoch, const PlannedSample& bad,
                           std::int64_t attempt) const override;
  bool endless() const override { return true; }

 private:
  Settings settings_;
  std::int64_t micro_batch_;
};

// Every image once, in the data set's order; the last batch may be smaller. Rank r of n shows the
// images r, r + n, r + 2n, ...
class SequentialPlan final : public BatchPlan {
 public:
  SequentialPlan(std::int64_t images, std::int64_t batch, int image_size, std::int64_t ranks = 1,
                 std::int64_t rank = 0);

  void plan(std::int64_t epoch, std::int64_t batch, PlannedBatch& out) const override;
  std::int64_t batches() const override;
  std::int64_t largest_batch() const override { return batch_; }
  int largest_image() const override { return image_size_; }
  std::int64_t replacement(std::int64_t epoch, const PlannedSample& bad,
                           std::int64_t attempt) const override;

 private:
  std::int64_t images_, batch_;
  int image_size_;
  std::int64_t ranks_, rank_;
};

// The training images that batch-norm statistics are estimated from: the same ones in every epoch,
// in whole batches as long as there are enough (a smaller batch would weigh its images more).
class EstimatePlan final : public BatchPlan {
 public:
  EstimatePlan(std::int64_t images, std::int64_t samples, std::int64_t batch, int image_size,
               std::uint64_t seed);

  void plan(std::int64_t epoch, std::int64_t batch, PlannedBatch& out) const override;
  std::int64_t batches() const override { return batches_; }
  std::int64_t largest_batch() const override { return batch_; }
  int largest_image() const override { return image_size_; }
  std::int64_t replacement(std::int64_t epoch, const PlannedSample& bad,
                           std::int64_t attempt) const override;

 private:
  std::int64_t images_, batch_, batches_;
  int image_size_;
  Permutation order_;
};

}  // namespace r50::data
