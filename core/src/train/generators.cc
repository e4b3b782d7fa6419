#include "train/generators.h"

#include <ATen/Context.h>

#include <mutex>

namespace r50::train {

namespace {

void seed_one(at::Generator generator, std::uint64_t seed) {
  const std::lock_guard lock(generator.mutex());
  generator.set_current_seed(seed);
}

}  // namespace

void seed_generators(const RandomKey& key, c10::Device device) {
  const std::uint64_t seed = random_seed(key);
  seed_one(at::globalContext().defaultGenerator(at::kCPU), seed);
  if (!device.is_cpu()) seed_one(at::globalContext().defaultGenerator(device), seed);
}

}  // namespace r50::train
