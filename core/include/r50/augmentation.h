#pragma once

#include "r50/batch.h"
#include "r50/image.h"
#include "r50/plugin.h"
#include "r50/progress.h"
#include "r50/random.h"

namespace r50 {

// A stage of the way from a stored image to a batch. A plugin implements one of the three kinds
// below; a file lists them in this order: regions, pixels, batches. Stages are const and hold no
// state: all they draw comes from `random`, which is keyed by stage, epoch and sample.
class Augmentation : public Plugin {
 public:
  static constexpr Kind kind = Kind::augmentation;
  using Facts = RunFacts;
  ~Augmentation() override;
};

// Chooses what part of the image is shown, knowing only its size.
class RegionStage : public Augmentation {
 public:
  ~RegionStage() override;
  // [worker threads] Edits the region that the stages before it left; at first, the whole image.
  virtual void choose(Region& region, ImageSize image, Random& random) const = 0;
};

// Changes the resized 8-bit pixels in place.
class PixelStage : public Augmentation {
 public:
  ~PixelStage() override;
  // [worker threads]
  virtual void apply(PixelSpan image, Random& random) const = 0;
};

// Works on a whole micro-batch of tensors on the training device.
class BatchStage : public Augmentation {
 public:
  ~BatchStage() override;
  // [training thread] `random` is keyed by the epoch and the micro-batch's place in it, counted
  // over all ranks.
  virtual void apply(MicroBatch& micro_batch, Random& random) const = 0;
};

}  // namespace r50
