#include "train/forward.h"

#include <ATen/Context.h>
#include <ATen/autocast_mode.h>

#include <mutex>

namespace r50::train {

namespace autocast = at::autocast;

namespace {

void seed_one(at::Generator generator, std::uint64_t seed) {
  const std::lock_guard lock(generator.mutex());
  generator.set_current_seed(seed);
}

}  // namespace

void check_precision(FloatType precision, c10::Device device) {
  if (precision == FloatType::fp16 && device.is_cpu()) {
    throw WrongInput(
        "Training in fp16 needs a GPU: on a CPU its range is too small and it is slower than fp32. "
        "Set [run] precision to \"auto\", \"bf16\" or \"fp32\".");
  }
}

c10::ScalarType number_type(FloatType precision) {
  switch (precision) {
    case FloatType::bf16:
      return c10::kBFloat16;
    case FloatType::fp16:
      return c10::kHalf;
    case FloatType::fp32:
      break;
  }
  return c10::kFloat;
}

void seed_generators(const RandomKey& key, c10::Device device) {
  const std::uint64_t seed = random_seed(key);
  seed_one(at::globalContext().defaultGenerator(at::kCPU), seed);
  if (!device.is_cpu()) seed_one(at::globalContext().defaultGenerator(device), seed);
}

Autocast::Autocast(FloatType precision, c10::Device device)
    : device_(device.type()),
      was_enabled_(autocast::is_autocast_enabled(device_)),
      old_type_(autocast::get_autocast_dtype(device_)) {
  autocast::set_autocast_enabled(device_, precision != FloatType::fp32);
  if (precision != FloatType::fp32) {
    autocast::set_autocast_dtype(device_, number_type(precision));
  }
  autocast::increment_nesting();
}

Autocast::~Autocast() {
  if (autocast::decrement_nesting() == 0) autocast::clear_cache();
  autocast::set_autocast_dtype(device_, old_type_);
  autocast::set_autocast_enabled(device_, was_enabled_);
}

CastScope::CastScope() { autocast::increment_nesting(); }

void CastScope::end() {
  if (!open_) return;
  open_ = false;
  units_.end();
  if (autocast::decrement_nesting() == 0) autocast::clear_cache();
}

}  // namespace r50::train
