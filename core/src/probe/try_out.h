#pragma once

// A minute of the real thing, to say what the whole run will cost. Writes nothing.

#include <cstdint>
#include <string>

#include "assemble/assembly.h"

namespace r50::probe {

struct TryOut {
  std::int64_t parameters = 0;
  double gmac = 0;                  // multiply-adds an image, in 10^9
  std::string fast_step;            // "53 of 53 units"
  std::int64_t steps = 0;           // measured
  double images_per_second = 0;     // training
  double data_wait = 0;             // share of that time spent waiting for images
  double evaluated_per_second = 0;  // images, one weight set
  std::uint64_t peak_memory = 0;    // bytes
  std::int64_t checkpoint_bytes = 0;
  std::int64_t best_bytes = 0;  // of best.pt: the weights alone
  double epoch_seconds = 0;     // with its evaluations
  double run_seconds = 0;
};

// Takes `steps` steps or as many as `seconds` allow, after two that warm up.
TryOut try_out(assemble::Assembly& assembly, std::int64_t steps, double seconds);

}  // namespace r50::probe
