#include <algorithm>
#include <cmath>

#include "report/format.h"
#include "sweep/page/plot.h"

namespace r50::sweep::page {
namespace {

constexpr std::size_t most_value_ticks = 8;
constexpr double edge = 0.05;  // of the axis, beyond the outermost values

report::Axis category_axis(const std::vector<std::string>& values) {
  report::Axis axis;
  axis.low = -0.5;
  axis.high = static_cast<double>(values.size()) - 0.5;
  // Cut so that all have room, side by side: one without its label would be nobody's.
  const Frame frame;
  const double share = frame.inner_width() / static_cast<double>(values.size());
  const auto most_signs = static_cast<std::size_t>(std::max(4.0, share / text_room("x") - 1));
  for (std::size_t i = 0; i < values.size(); ++i) {
    axis.ticks.push_back(static_cast<double>(i));
    axis.labels.push_back(shortened(values[i], most_signs));
  }
  return axis;
}

void add_tick(report::Axis& axis, double tick, const std::string& label) {
  if (tick < axis.low || tick > axis.high) return;
  axis.ticks.push_back(tick);
  axis.labels.push_back(label);
}

// Ends a little beyond the outermost values, ticks as they are.
report::Axis widened(report::Axis axis, double low, double high) {
  if (axis.logarithmic) {
    const double room = std::pow(high / low, edge);
    axis.low = low / room;
    axis.high = high * room;
  } else {
    const double room = edge * (high - low);
    axis.low = low - room;
    axis.high = high + room;
  }
  const report::Axis all = axis;
  axis.ticks.clear();
  axis.labels.clear();
  for (std::size_t i = 0; i < all.ticks.size(); ++i) add_tick(axis, all.ticks[i], all.labels[i]);
  return axis;
}

// Two powers of ten are too few to read a chart by: 2 and 5 between them.
void add_between(report::Axis& axis) {
  axis.ticks.clear();
  axis.labels.clear();
  for (double power = std::floor(std::log10(axis.low)); power <= std::log10(axis.high); ++power) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double tick = factor * std::pow(10, power);
      add_tick(axis, tick, report::brief(tick));
    }
  }
}

void keep_finite_ascending(std::vector<double>& values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  std::sort(values.begin(), values.end());
}

report::Axis span_axis(double low, double high, bool logarithmic) {
  if (!(high > low)) return report::value_axis(low, high, 4);
  if (!logarithmic) return widened(report::value_axis(low, high, 5), low, high);
  report::Axis axis = widened(report::log_axis(low, high), low, high);
  if (axis.ticks.size() < 3) add_between(axis);
  return axis;
}

}  // namespace

report::Axis parameter_axis(const judge::Parameter& parameter) {
  if (parameter.numbers.empty()) return category_axis(parameter.values);
  const double low = parameter.numbers.front(), high = parameter.numbers.back();
  report::Axis axis = span_axis(low, high, parameter.scale == judge::Parameter::Scale::logarithmic);
  if (parameter.numbers.size() > most_value_ticks) return axis;
  axis.ticks = parameter.numbers;
  axis.labels = parameter.values;
  return axis;
}

std::string axis_title(const Scene& scene, const judge::Parameter& parameter) {
  const bool logarithmic = parameter.scale == judge::Parameter::Scale::logarithmic;
  return scene.names.parameter(parameter.name) + (logarithmic ? " (logarithmic)" : "");
}

std::optional<double> on_axis(const judge::Parameter& parameter, const Scene& scene,
                              std::optional<std::size_t> group) {
  if (!group) return std::nullopt;
  const auto at = judge::level(parameter, scene.groups[*group].point);
  if (!at) return std::nullopt;
  return parameter.numbers.empty() ? static_cast<double>(*at) : parameter.numbers[*at];
}

Range metric_range(std::vector<double> values, bool maximize, double farthest) {
  keep_finite_ascending(values);
  if (values.empty()) return {};
  Range range{values.front(), values.back()};
  const double best = maximize ? range.high : range.low;
  const double spread = std::abs(best - values[values.size() / 2]);
  if (spread > 0 && values.size() >= 5) {
    if (maximize) range.low = std::max(range.low, best - farthest * spread);
    if (!maximize) range.high = std::min(range.high, best + farthest * spread);
  }
  return range;
}

report::Axis metric_axis(const std::vector<double>& values, bool maximize, double farthest) {
  const Range range = metric_range(values, maximize, farthest);
  return span_axis(range.low, range.high, false);
}

report::Axis number_axis(std::vector<double> values) {
  keep_finite_ascending(values);
  if (values.empty()) return report::value_axis(0, 1, 4);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return span_axis(values.front(), values.back(), judge::spans_magnitudes(values));
}

report::Axis magnitude_axis(std::vector<double> values) {
  keep_finite_ascending(values);
  std::erase_if(values, [](double value) { return value <= 0; });
  if (values.empty()) return report::log_axis(1e-3, 1);
  const double low = values.front(), high = values.back();
  // A single one has room around it.
  return high > low ? span_axis(low, high, true) : span_axis(low / 2, high * 2, true);
}

}  // namespace r50::sweep::page
