#pragma once

// The reusable batches that worker threads fill and the training thread leases, in turn.

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

// One batch of memory, of the largest size that a plan asks for. Between arm() and the moment its
// last image is done it belongs to the workers, after that to the training thread.
class Slot {
 public:
  Slot(std::int64_t batch, int image, bool pinned);

  std::uint8_t* pixels(std::int64_t i) const;
  // Views over the slot's memory, as a model wants them.
  Batch view() const;

  PlannedBatch plan;
  std::int64_t epoch = 0;
  std::int64_t run_batch = 0;  // counted over the whole run: stages begin and end by it
  std::int64_t* targets;
  std::int64_t* keys;
  void stands_in(std::int64_t i) { stand_ins_[static_cast<std::size_t>(i)] = 1; }  // [its worker]

 private:
  friend class Ring;
  at::Tensor image_memory_, target_memory_, key_memory_;
  std::vector<std::uint8_t> stand_ins_;  // bytes: each is written by one worker, without a lock
  std::uint8_t* image_data_;
  std::atomic<std::int64_t> armed_{-1};   // turn that it may be filled for
  std::atomic<std::int64_t> missing_{0};  // images that are not done
};

// Hands out the places of the batches in order, from one counter. Taking a place and finishing it
// touch no lock; the one lock is for those that have to wait, and is taken once a batch.
class Ring {
 public:
  struct Place {
    Slot* slot = nullptr;
    std::int64_t index = 0;  // within the batch; may lie beyond a smaller batch's end
  };

  Ring(int slots, std::int64_t batch, int image, bool pinned);

  // [training thread, while no worker is active] Turn 0 is next again.
  void reset();
  // [training thread] Lets `turn` be filled: its slot's plan has been set. Turns in order.
  void arm(std::int64_t turn);
  Slot& slot(std::int64_t turn) {
    return *slots_[static_cast<std::size_t>(turn % static_cast<std::int64_t>(slots_.size()))];
  }
  int slots() const { return static_cast<int>(slots_.size()); }

  // [worker] Waits until there is something to fill. False: stop asking, see halt().
  bool take(Place& place);
  void done(const Place& place);

  // [training thread] Waits until all images of `turn` are done. False: halted meanwhile.
  bool wait_full(std::int64_t turn);

  // Makes take() and wait_full() return false until resume().
  void halt();
  void resume();

 private:
  bool armed(const Slot& slot, std::int64_t turn) const {
    return slot.armed_.load(std::memory_order_acquire) == turn;
  }
  static bool full(const Slot& slot) { return slot.missing_.load(std::memory_order_acquire) == 0; }

  std::vector<std::unique_ptr<Slot>> slots_;
  std::int64_t batch_;
  std::atomic<std::int64_t> next_place_{0};
  std::atomic<bool> halted_{false};
  std::mutex mutex_;
  std::condition_variable to_fill_, filled_;
};

}  // namespace r50::data
