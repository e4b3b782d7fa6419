#include "report/axis.h"

#include <absl/strings/str_format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "report/format.h"

namespace r50::report {
namespace {

double round_step(double rough) {
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

std::string label(double value, double step, double largest) {
  if (value == 0) return "0";
  if (largest < 1e-3 || largest >= 1e5) return brief(value);
  return fixed(value, std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9))));
}

void add_ticks(Axis& axis, double step) {
  // Counted in whole steps, so that no tick is 0.30000000000000004.
  const auto first = static_cast<std::int64_t>(std::ceil(axis.low / step - 1e-6));
  const auto last = static_cast<std::int64_t>(std::floor(axis.high / step + 1e-6));
  const double largest = std::max(std::abs(axis.low), std::abs(axis.high));
  for (std::int64_t i = first; i <= last; ++i) {
    axis.ticks.push_back(static_cast<double>(i) * step);
    axis.labels.push_back(label(axis.ticks.back(), step, largest));
  }
}

std::string power_label(int exponent) {
  if (exponent < -3 || exponent > 3) return absl::StrFormat("1e%d", exponent);
  return fixed(std::pow(10, exponent), std::max(0, -exponent));
}

}  // namespace

double Axis::part(double value) const {
  if (logarithmic) return std::log(value / low) / std::log(high / low);
  return (value - low) / (high - low);
}

Axis log_axis(double low, double high) {
  const auto first = static_cast<int>(std::floor(std::log10(low) + 1e-6));
  const auto last = std::max(first + 1, static_cast<int>(std::ceil(std::log10(high) - 1e-6)));
  Axis axis;
  axis.logarithmic = true;
  axis.low = std::pow(10, first);
  axis.high = std::pow(10, last);
  const int stride = (last - first) / 13 + 1;
  for (int exponent = first; exponent <= last; exponent += stride) {
    axis.ticks.push_back(std::pow(10, exponent));
    axis.labels.push_back(power_label(exponent));
  }
  return axis;
}

Axis value_axis(double low, double high, int wanted) {
  // Closer together than this, ticks would differ in digits that nobody reads.
  const double least = std::max(1e-12, 1e-6 * std::max(std::abs(low), std::abs(high)));
  if (!(high - low >= least)) {
    const double middle = low;
    const double half = middle == 0 ? 0.5 : 0.1 * std::abs(middle);
    low = middle - half;
    high = middle + half;
  }
  const double step = round_step((high - low) / std::max(1, wanted));
  Axis axis;
  axis.low = std::floor(low / step + 1e-6) * step;
  axis.high = std::ceil(high / step - 1e-6) * step;
  add_ticks(axis, step);
  return axis;
}

Axis count_axis(double low, double high, int wanted) {
  Axis axis;
  axis.low = low;
  axis.high = std::max(high, low + 1);
  add_ticks(axis, std::max(1.0, round_step((axis.high - axis.low) / std::max(1, wanted))));
  return axis;
}

}  // namespace r50::report
