#pragma once

// Which samples make up a batch: a pure function of (epoch, batch). Repeated augmentation,
// progressive size, drop-last and sharding belong here and nowhere else.

#include <cstdint>
#include <vector>

#include "r50/dataset.h"

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

}  // namespace r50::data
