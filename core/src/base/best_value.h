#pragma once

#include <cmath>
#include <optional>

namespace r50::base {

// The best of the values that were offered so far. NaN is never the best. Of equal values the first
// one stays.
class BestValue {
 public:
  explicit BestValue(bool smaller_is_better) : smaller_(smaller_is_better) {}

  // True if it is better than all before.
  bool offer(double value) {
    if (std::isnan(value)) return false;
    if (best_ && !(smaller_ ? value < *best_ : value > *best_)) return false;
    best_ = value;
    return true;
  }
  const std::optional<double>& best() const { return best_; }
  void set(std::optional<double> value) { best_ = value; }

 private:
  bool smaller_;
  std::optional<double> best_;
};

}  // namespace r50::base
