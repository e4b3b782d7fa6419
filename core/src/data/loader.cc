#include "data/loader.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "data/quarantine.h"
#include "data/ring.h"
#include "data/sample_reader.h"
#include "data/workers.h"

namespace r50::data {

struct Loader::Impl {
  explicit Impl(LoaderSetup given)
      : setup(std::move(given)),
        batches(setup.plan->batches()),
        bad(setup),
        ring(std::max(2, setup.slots), setup.plan->largest_batch(), setup.plan->largest_image(),
             setup.pinned),
        workers(std::max(1, setup.threads), [this] { work(); }) {}

  ~Impl() { ring.halt(); }

  // --- worker threads ---

  void work() {
    // The buffers grow once and live as long as the round, which as a rule is as long as the run.
    SampleReader reader(setup);
    Ring::Place place;
    try {
      while (ring.take(place)) {
        if (place.index < static_cast<std::int64_t>(place.slot->plan.samples.size())) {
          fill(reader, *place.slot, place.index);
        }
        ring.done(place);
      }
    } catch (...) {
      fail(std::current_exception());
    }
  }

  void fill(SampleReader& reader, Slot& slot, std::int64_t place) {
    const PlannedSample& planned = slot.plan.samples[static_cast<std::size_t>(place)];
    SampleOrder order{planned.index, planned.draw, slot.epoch, slot.run_batch,
                      slot.plan.image_size};
    for (std::int64_t attempt = 1;; ++attempt) {
      try {
        slot.targets[place] = reader.read(order, slot.pixels(place));
        break;
      } catch (const BadSample& problem) {
        bad.add(order.index, problem.what());
      }
      if (attempt > bad.images()) throw Error("Not one image of the data set could be read.");
      order.index = setup.plan->replacement(slot.epoch, planned, attempt);
      slot.stands_in(place);
    }
    slot.keys[place] = order.index;
  }

  void fail(std::exception_ptr error) {
    {
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::move(error);
    }
    ring.halt();
  }

  // --- training thread ---

  std::int64_t position(std::int64_t of_turn) const { return start + of_turn; }

  // Lets the workers fill every slot that is not leased, up to the end of the epoch or beyond.
  void arm() {
    const std::int64_t first_held = leased ? turn - 1 : turn;
    for (; armed < first_held + ring.slots(); ++armed) {
      const std::int64_t at = position(armed);
      if (!setup.plan->endless() && at / batches != epoch) return;
      Slot& slot = ring.slot(armed);
      slot.epoch = at / batches;
      slot.run_batch = at;
      setup.plan->plan(slot.epoch, at % batches, slot.plan);
      ring.arm(armed);
    }
  }

  void seek(std::int64_t to_epoch, std::int64_t to_batch) {
    const std::int64_t target = to_epoch * batches + to_batch;
    const bool there = started && position(turn) == target;
    epoch = to_epoch;
    leased = false;
    if (there) return;  // what has been read ahead is what is wanted
    ring.halt();
    workers.wait_parked();
    ring.reset();
    start = target;
    turn = armed = 0;
    started = true;
    arm();
    if (!failure) ring.resume();
    workers.start_round();
  }

  bool next(Batch& batch) {
    if (batches == 0) return false;
    if (!started) seek(0, 0);
    leased = false;
    if (position(turn) / batches != epoch) {
      ++epoch;
      if (setup.plan->endless()) arm();
      return false;
    }
    arm();
    wait();
    batch = ring.slot(turn).view();
    ++turn;
    leased = true;
    return true;
  }

  void wait() {
    const auto before = std::chrono::steady_clock::now();
    const bool full = ring.wait_full(turn);
    waited += std::chrono::steady_clock::now() - before;
    if (full) return;
    const std::lock_guard lock(mutex);
    std::rethrow_exception(failure);
  }

  LoaderSetup setup;
  std::int64_t batches;
  BadSamples bad;
  Ring ring;

  // Turns count batches since the last seek; position `start` is turn 0.
  std::int64_t start = 0, turn = 0, armed = 0, epoch = 0;
  bool started = false, leased = false;  // leased: the batch before `turn` is in the caller's hands
  std::chrono::duration<double> waited{0};

  std::mutex mutex;
  std::exception_ptr failure;
  Workers workers;  // last: its threads use all of the above
};

Loader::Loader(LoaderSetup setup) : impl_(std::make_unique<Impl>(std::move(setup))) {}
Loader::~Loader() = default;

void Loader::seek(std::int64_t epoch, std::int64_t batch) { impl_->seek(epoch, batch); }
bool Loader::next(Batch& batch) { return impl_->next(batch); }
std::int64_t Loader::batches() const { return impl_->batches; }
double Loader::waited_seconds() const { return impl_->waited.count(); }
std::int64_t Loader::quarantined() const { return impl_->bad.count(); }

}  // namespace r50::data
