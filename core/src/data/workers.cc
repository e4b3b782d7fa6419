#include "data/workers.h"

#include <pthread.h>

#include <utility>

namespace r50::data {

Workers::Workers(int threads, std::function<void()> work) : work_(std::move(work)) {
  for (int i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { run(); });
    pthread_setname_np(threads_.back().native_handle(), "r50 loader");
  }
  wait_parked();
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Workers::start_round() {
  {
    const std::lock_guard lock(mutex_);
    ++round_;
    parked_ = 0;
  }
  changed_.notify_all();
}

void Workers::wait_parked() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return parked_ == threads_.size(); });
}

void Workers::run() {
  std::uint64_t seen = 0;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      ++parked_;
      changed_.notify_all();
      changed_.wait(lock, [&] { return stopping_ || round_ != seen; });
      if (stopping_) return;
      seen = round_;
    }
    work_();
  }
}

}  // namespace r50::data
