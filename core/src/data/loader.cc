#include "data/loader.h"

#include <absl/strings/str_format.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "data/ring.h"
#include "data/sample_reader.h"

namespace r50::data {
namespace {

// Before each further try of a sample whose fault may pass. Long enough for a network mount that
// comes back; a disk that is gone still ends the run by max_bad within minutes.
constexpr std::array<double, 3> pauses = {0.1, 0.5, 2};

}  // namespace

struct Loader::Impl {
  explicit Impl(LoaderSetup given)
      : setup(std::move(given)),
        per_epoch(setup.plan->per_epoch()),
        classes(setup.dataset.call(
            [](const Dataset& it) { return static_cast<std::int64_t>(it.info().classes.size()); })),
        ring(std::max(2, setup.slots), setup.plan->most_samples(), setup.plan->largest_image(),
             setup.pinned) {}

  ~Impl() { stop_workers(); }

  // --- worker threads ---

  void work() {
    // The buffers grow once and live as long as the thread, which as a rule is as long as the run.
    SampleReader reader(setup);
    Ring::Place place;
    try {
      while (ring.take(place)) {
        if (place.row < static_cast<std::int64_t>(place.slot->plan.samples.size())) {
          fill(reader, *place.slot, place.row);
        }
        ring.done(place);
      }
    } catch (...) {
      fail(std::current_exception());
    }
  }

  void fill(SampleReader& reader, Slot& slot, std::int64_t row) {
    const PlannedSample& planned = slot.plan.samples[static_cast<std::size_t>(row)];
    SampleOrder order{planned.index, planned.draw, slot.epoch, slot.number, slot.plan.image_size};
    for (std::int64_t attempt = 1;; ++attempt) {
      try {
        slot.targets[row] = read_patiently(reader, order, slot.pixels(row));
        break;
      } catch (const BadSample& problem) {
        setup.quarantine->add(setup.split, order.index, problem.what());
      }
      if (attempt > setup.quarantine->images(setup.split)) {
        throw Error("Not one image of the data set could be read.");
      }
      order.index = setup.plan->replacement(slot.epoch, planned, attempt);
      slot.stands_in(row);
    }
    slot.keys[row] = order.index;
  }

  std::int64_t read_patiently(SampleReader& reader, const SampleOrder& order, std::uint8_t* out) {
    for (const double pause : pauses) {
      try {
        return checked(reader.read(order, out), order.index);
      } catch (const PassingFault&) {
        setup.clock->sleep(pause);
      }
    }
    try {
      return checked(reader.read(order, out), order.index);
    } catch (const PassingFault& fault) {
      throw BadSample(absl::StrFormat("%s, tried %d times", fault.what(), pauses.size() + 1));
    }
  }

  std::int64_t checked(std::int64_t label, std::int64_t index) const {
    if (label >= 0 && label < classes) return label;
    const std::string name =
        setup.dataset.call([&](const Dataset& it) { return it.name_of(setup.split, index); });
    throw Error(absl::StrFormat(
        "%s gives the label %d to the sample '%s'; labels of its %d classes are 0 to %d",
        setup.dataset.label(), label, name, classes, classes - 1));
  }

  void fail(std::exception_ptr error) {
    {
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::move(error);
    }
    ring.halt();
  }

  // --- training thread ---

  void stop_workers() {
    ring.halt();
    workers.clear();  // joins them
  }

  void start_workers() {
    for (int i = 0; i < std::max(1, setup.threads); ++i) {
      workers.emplace_back([this] { work(); });
      pthread_setname_np(workers.back().native_handle(), "r50 loader");
    }
  }

  // Lets the workers fill every slot that is not leased, up to the plan's end, or to `least` if
  // that lies beyond.
  void arm(std::int64_t least = 0) {
    const std::int64_t first_held = leased ? number - 1 : number;
    const std::int64_t end = std::max(least, setup.plan->end(epoch));
    for (; armed < std::min(end, first_held + ring.slots()); ++armed) {
      Slot& slot = ring.slot(armed);
      slot.epoch = armed / per_epoch;
      slot.number = armed;
      setup.plan->plan(slot.epoch, armed % per_epoch, slot.plan);
      ring.arm(armed);
    }
  }

  void seek(std::int64_t to_epoch, std::int64_t index) {
    const std::int64_t target = to_epoch * per_epoch + index;
    const bool there = started && number == target;
    epoch = to_epoch;
    leased = false;
    if (there) return;  // what has been read ahead is what is wanted
    stop_workers();
    ring.start_at(target);
    number = armed = target;
    started = true;
    if (failure) return;
    arm();
    ring.resume();
    start_workers();
  }

  bool next(MicroBatch& micro_batch) {
    if (per_epoch == 0) return false;
    if (!started) seek(0, 0);
    leased = false;
    if (number / per_epoch != epoch) {
      arm();  // the slot that was leased
      ++epoch;
      return false;
    }
    arm(number + 1);
    wait();
    micro_batch = ring.slot(number).view();
    ++number;
    leased = true;
    return true;
  }

  void wait() {
    const double before = base::real_clock().seconds();
    const bool full = ring.wait_full(number);
    waited += base::real_clock().seconds() - before;
    if (full) return;
    const std::lock_guard lock(mutex);
    std::rethrow_exception(failure);
  }

  LoaderSetup setup;
  std::int64_t per_epoch;
  std::int64_t classes;
  Ring ring;

  // Numbers of micro-batches: the next that next() gives, and the first that is not armed.
  std::int64_t number = 0, armed = 0;
  std::int64_t epoch = 0;
  bool started = false, leased = false;  // leased: the one before `number` is in the caller's hands
  double waited = 0;

  std::mutex mutex;
  std::exception_ptr failure;
  std::vector<std::jthread> workers;  // last: they use all of the above
};

Loader::Loader(LoaderSetup setup) : impl_(std::make_unique<Impl>(std::move(setup))) {}
Loader::~Loader() = default;

void Loader::seek(std::int64_t epoch, std::int64_t index) { impl_->seek(epoch, index); }
bool Loader::next(MicroBatch& micro_batch) { return impl_->next(micro_batch); }
std::int64_t Loader::per_epoch() const { return impl_->per_epoch; }
double Loader::waited_seconds() const { return impl_->waited; }

}  // namespace r50::data
