#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace r50 {

struct Batch {
  at::Tensor images;   // uint8 or float, [N, C, H, W] over channels-last memory
  at::Tensor targets;  // int64 [N], or float [N, classes] once something has mixed them
  at::Tensor keys;     // int64 [N]: which sample of the data set each one is
  // Which of the N stand in for samples that could not be read: training takes them as they are,
  // evaluation leaves them out, since they are counted in their own places.
  std::vector<std::int64_t> stand_ins;
  std::int64_t size() const { return images.size(0); }
};

// Micro-batches in order. The training loop sees loaders only as this.
class BatchSource {
 public:
  virtual ~BatchSource();
  // The next batch given will be number `batch` of epoch `epoch`. Reads nothing before it.
  virtual void seek(std::int64_t epoch, std::int64_t batch) = 0;
  // False at the end of the epoch. What `batch` holds is valid until the next call.
  virtual bool next(Batch& batch) = 0;
  // Micro-batches in an epoch.
  virtual std::int64_t batches() const = 0;
};

}  // namespace r50
