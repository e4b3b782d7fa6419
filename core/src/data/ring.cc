#include "data/ring.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <utility>

namespace r50::data {

Slot::Slot(std::int64_t samples, int image, bool pinned) {
  auto memory = [&](at::IntArrayRef size, at::ScalarType type) {
    return at::empty(size, at::TensorOptions(type).pinned_memory(pinned));
  };
  image_memory_ = memory({samples * image * image * 3}, at::kByte);
  target_memory_ = memory({samples}, at::kLong);
  key_memory_ = memory({samples}, at::kLong);
  stand_ins_.resize(static_cast<std::size_t>(samples));
  image_data_ = image_memory_.mutable_data_ptr<std::uint8_t>();
  targets = target_memory_.mutable_data_ptr<std::int64_t>();
  keys = key_memory_.mutable_data_ptr<std::int64_t>();
}

std::uint8_t* Slot::pixels(std::int64_t row) const {
  return image_data_ + row * plan.image_size * plan.image_size * 3;
}

MicroBatch Slot::view() const {
  const auto n = static_cast<std::int64_t>(plan.samples.size());
  const std::int64_t side = plan.image_size;
  std::vector<std::int64_t> stand_ins;  // empty, as a rule: nothing is allocated
  for (std::int64_t i = 0; i < n; ++i) {
    if (stand_ins_[static_cast<std::size_t>(i)] != 0) stand_ins.push_back(i);
  }
  return {.images = image_memory_.as_strided({n, 3, side, side}, {side * side * 3, 1, side * 3, 3}),
          .targets = target_memory_.narrow(0, 0, n),
          .keys = key_memory_.narrow(0, 0, n),
          .stand_ins = std::move(stand_ins)};
}

Ring::Ring(int slots, std::int64_t samples, int image, bool pinned) : rows_(samples) {
  for (int i = 0; i < slots; ++i) slots_.push_back(std::make_unique<Slot>(samples, image, pinned));
}

void Ring::start_at(std::int64_t number) {
  next_row_.store(number * rows_, std::memory_order_relaxed);
  for (auto& slot : slots_) slot->armed_.store(-1, std::memory_order_relaxed);
}

void Ring::arm(std::int64_t number) {
  Slot& next = slot(number);
  std::fill(next.stand_ins_.begin(), next.stand_ins_.end(), std::uint8_t{0});
  next.missing_.store(rows_, std::memory_order_relaxed);
  {
    const std::lock_guard lock(mutex_);  // so that no worker misses it between looking and sleeping
    next.armed_.store(number, std::memory_order_release);
  }
  to_fill_.notify_all();
}

bool Ring::take(Place& place) {
  const std::int64_t at = next_row_.fetch_add(1, std::memory_order_relaxed);
  const std::int64_t number = at / rows_;
  place = {&slot(number), at % rows_};
  if (!armed(*place.slot, number)) {
    std::unique_lock lock(mutex_);
    to_fill_.wait(lock, [&] { return halted_ || armed(*place.slot, number); });
  }
  return !halted_.load(std::memory_order_acquire);
}

void Ring::done(const Place& place) {
  if (place.slot->missing_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  { const std::lock_guard lock(mutex_); }
  filled_.notify_all();
}

bool Ring::wait_full(std::int64_t number) {
  Slot& wanted = slot(number);
  if (!full(wanted)) {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return halted_ || full(wanted); });
  }
  return full(wanted) && !halted_.load(std::memory_order_acquire);
}

void Ring::halt() {
  {
    const std::lock_guard lock(mutex_);
    halted_.store(true, std::memory_order_release);
  }
  to_fill_.notify_all();
  filled_.notify_all();
}

}  // namespace r50::data
