#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace r50 {

// What one forward pass on one rank sees: a batch is the images of a whole step, and is divided
// into ranks x [run] accumulate micro-batches.
struct MicroBatch {
  at::Tensor images;   // uint8 or float, [N, C, H, W] over channels-last memory
  at::Tensor targets;  // int64 [N], or float [N, classes] once something has mixed them
  at::Tensor keys;     // int64 [N]: which sample of the data set each one is
  // Which of the N stand in for samples that could not be read: training takes them as they are,
  // evaluation leaves them out, since they are counted in their own places.
  std::vector<std::int64_t> stand_ins;
  std::int64_t size() const { return images.size(0); }
};

// Micro-batches in order. The training loop sees loaders only as this.
class MicroBatchSource {
 public:
  virtual ~MicroBatchSource();
  // The next one given will be the one with that index (from 0) in the epoch. Reads nothing before
  // it.
  virtual void seek(std::int64_t epoch, std::int64_t index) = 0;
  // False at the end of the epoch. What `micro_batch` holds is valid until the next call.
  virtual bool next(MicroBatch& micro_batch) = 0;
  virtual std::int64_t per_epoch() const = 0;  // how many there are in an epoch
};

}  // namespace r50
