#pragma once

#include <string>
#include <vector>

namespace r50::report {

// The stretch of numbers one side of a chart shows, with marks at round numbers.
struct Axis {
  double low = 0;
  double high = 1;
  std::vector<double> ticks;
  std::vector<std::string> labels;
  bool logarithmic = false;

  double part(double value) const;  // 0..1 inside
};

// From a tick to a tick around [low, high], in steps of 1, 2 or 5 times a power of ten, about
// `wanted` of them. Empty or turned stretches are widened.
Axis value_axis(double low, double high, int wanted);

// From one power of ten to another around [low, high], both above 0, with ticks at powers of ten.
Axis log_axis(double low, double high);

// Exactly from `low` to `high`, with ticks at round whole numbers.
Axis count_axis(double low, double high, int wanted);

}  // namespace r50::report
