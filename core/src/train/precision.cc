#include "train/precision.h"

#include <ATen/autocast_mode.h>

namespace r50::train {

namespace autocast = at::autocast;

void check_precision(Precision precision, c10::Device device) {
  if (precision == Precision::fp16 && device.is_cpu()) {
    throw WrongInput(
        "Training in fp16 needs a GPU: on a CPU its range is too small and it is slower than fp32. "
        "Set [run] precision to \"auto\", \"bf16\" or \"fp32\".");
  }
}

c10::ScalarType number_type(Precision precision) {
  switch (precision) {
    case Precision::bf16:
      return c10::kBFloat16;
    case Precision::fp16:
      return c10::kHalf;
    case Precision::fp32:
      break;
  }
  return c10::kFloat;
}

Autocast::Autocast(Precision precision, c10::Device device)
    : device_(device.type()),
      was_enabled_(autocast::is_autocast_enabled(device_)),
      old_type_(autocast::get_autocast_dtype(device_)) {
  autocast::set_autocast_enabled(device_, precision != Precision::fp32);
  if (precision != Precision::fp32) {
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
