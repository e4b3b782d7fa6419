#pragma once

#include <c10/core/Device.h>

#include "r50/random.h"

namespace r50::train {

// Seeds torch's default generators, the CPU's and the device's own. Done before each forward pass,
// so that dropout and the like are a function of the key and no generator state is ever saved.
// About 2 microseconds on a CPU.
void seed_generators(const RandomKey& key, c10::Device device);

}  // namespace r50::train
