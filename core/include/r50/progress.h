#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "r50/units.h"

namespace r50 {

// What every plugin may know of the run it serves. Constant from construction on.
struct RunFacts {
  std::uint64_t seed = 0;
  RunLength length;
  std::int64_t batch = 0;       // global: images a step over all ranks and micro-batches
  std::int64_t accumulate = 1;  // micro-batches a step
  std::int64_t ranks = 1;
  std::int64_t train_images = 0;
  std::int64_t classes = 0;
  std::int64_t channels = 3;
  std::int64_t image_size = 0;
  std::vector<double> mean;  // of the data set's channels, in 0..1
  std::vector<double> std;
};

// Where the run stands. A `sequence` hands its parts a Progress of their own.
struct Progress {
  std::int64_t step = 0;  // 0-based index of the step about to be taken
  RunLength length;

  std::int64_t epoch() const {
    return length.steps_per_epoch > 0 ? step / length.steps_per_epoch : 0;
  }
  std::int64_t step_in_epoch() const {
    return length.steps_per_epoch > 0 ? step % length.steps_per_epoch : 0;
  }
  std::int64_t total_steps() const { return length.steps(); }
};

// One weight set's result on the evaluation images.
struct SetResult {
  std::string set;  // "plain", or the name of an [[averaging]]
  double loss = 0;
  double top1 = 0;  // in percent
  double top5 = 0;
  std::int64_t images = 0;
};

// What an epoch gave: for schedulers and for whatever decides between epochs.
struct EpochResult {
  std::int64_t epoch = 0;  // 1-based: this many epochs are done
  double train_loss = 0;
  std::vector<SetResult> sets;  // empty if this epoch was not evaluated
};

}  // namespace r50
