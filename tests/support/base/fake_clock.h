#pragma once

#include <mutex>
#include <vector>

#include "base/clock.h"

namespace r50::test {

class FakeClock final : public base::Clock {
 public:
  double seconds() const override { return now; }
  double wall_seconds() const override { return wall; }
  void pass(double amount) {
    now += amount;
    wall += amount;
  }
  void sleep(double seconds) override {
    const std::lock_guard lock(mutex_);
    pass(seconds);
    slept.push_back(seconds);
  }
  double now = 0;
  double wall = 0;
  std::vector<double> slept;  // to be read when no thread may sleep any more

 private:
  std::mutex mutex_;
};

}  // namespace r50::test
