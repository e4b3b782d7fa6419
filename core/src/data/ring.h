#pragma once

// The reusable memory that worker threads fill and the training thread leases, a micro-batch at a
// time.

#include <ATen/core/Tensor.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "data/plan.h"
#include "r50/batch.h"

namespace r50::data {

// Memory of one micro-batch, of the largest size that a plan asks for. Between arm() and the moment
// its last sample is done it belongs to the workers, after that to the training thread.
class Slot {
 public:
  Slot(std::int64_t samples, int image, bool pinned);

  std::uint8_t* pixels(std::int64_t row) const;
  // Views over the slot's memory, as a model wants them.
  MicroBatch view() const;

  PlannedMicroBatch plan;
  std::int64_t epoch = 0;
  std::int64_t number = 0;
  std::int64_t* targets;
  std::int64_t* keys;
  void stands_in(std::int64_t row) { stand_ins_[static_cast<std::size_t>(row)] = 1; }  // [worker]

 private:
  friend class Ring;
  at::Tensor image_memory_, target_memory_, key_memory_;
  std::vector<std::uint8_t> stand_ins_;  // bytes: each is written by one worker, without a lock
  std::uint8_t* image_data_;
  std::atomic<std::int64_t> armed_{-1};   // number of the micro-batch that it may be filled with
  std::atomic<std::int64_t> missing_{0};  // samples that are not done
};

// Hands out the rows of the micro-batches in order, from one counter. Taking a row and finishing it
// touch no lock; the one lock is for those that have to wait, and is taken once a micro-batch.
// Micro-batches go by their number in the run; the slot of number n is n modulo the slots.
class Ring {
 public:
  struct Place {
    Slot* slot = nullptr;
    std::int64_t row = 0;  // may lie beyond a smaller micro-batch's end
  };

  Ring(int slots, std::int64_t samples, int image, bool pinned);

  // [training thread, while there is no worker] The next to be armed and filled is `number`.
  void start_at(std::int64_t number);
  // [training thread] Lets `number` be filled: its slot's plan has been set. Numbers in order.
  void arm(std::int64_t number);
  Slot& slot(std::int64_t number) {
    return *slots_[static_cast<std::size_t>(number % static_cast<std::int64_t>(slots_.size()))];
  }
  int slots() const { return static_cast<int>(slots_.size()); }

  // [worker] Waits until there is something to fill. False: stop asking, see halt().
  bool take(Place& place);
  void done(const Place& place);

  // [training thread] Waits until all samples of `number` are done. False: halted meanwhile.
  bool wait_full(std::int64_t number);

  // Makes take() and wait_full() return false until resume().
  void halt();
  void resume() { halted_.store(false, std::memory_order_release); }

 private:
  bool armed(const Slot& slot, std::int64_t number) const {
    return slot.armed_.load(std::memory_order_acquire) == number;
  }
  static bool full(const Slot& slot) { return slot.missing_.load(std::memory_order_acquire) == 0; }

  std::vector<std::unique_ptr<Slot>> slots_;
  std::int64_t rows_;                      // of a slot
  std::atomic<std::int64_t> next_row_{0};  // over all micro-batches: number * rows_ + row
  std::atomic<bool> halted_{false};
  std::mutex mutex_;
  std::condition_variable to_fill_, filled_;
};

}  // namespace r50::data
