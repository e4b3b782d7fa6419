#pragma once

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
  double now = 0;
  double wall = 0;
};

}  // namespace r50::test
