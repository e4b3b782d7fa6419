#include "sweep/judge/charts.h"

#include <algorithm>
#include <cmath>

#include "report/axis.h"
#include "report/format.h"
#include "sweep/judge/statistics.h"
#include "sweep/judge/varied_parameters.h"

namespace r50::sweep::judge {
namespace {

constexpr std::size_t most_value_marks = 8;

void add_mark(ParallelAxis& axis, double at, std::string label) {
  axis.marks.push_back(at);
  axis.labels.push_back(std::move(label));
}

// Round numbers inside, the ends themselves outside: readers look for the best value's own number.
void mark_span(ParallelAxis& axis, double low, double high) {
  const bool logarithmic = axis.scale == Parameter::Scale::logarithmic;
  add_mark(axis, part_of_span(low, low, high, logarithmic), report::brief(low));
  if (!(high > low)) return;
  std::vector<double> inside;
  if (logarithmic) {
    const double last = std::ceil(std::log10(high));
    for (double power = std::floor(std::log10(low)); power <= last; ++power) {
      inside.push_back(std::pow(10, power));
    }
  } else {
    inside = report::value_axis(low, high, 5).ticks;
  }
  constexpr double room = 0.08;  // closer to an end their labels would meet
  for (const double tick : inside) {
    if (tick <= low || tick >= high) continue;
    const double at = part_of_span(tick, low, high, logarithmic);
    if (at > room && at < 1 - room) add_mark(axis, at, report::brief(tick));
  }
  add_mark(axis, 1, report::brief(high));
}

ParallelAxis parameter_axis(const Parameter& parameter) {
  ParallelAxis axis{parameter.name, parameter.scale, {}, {}};
  const bool category = parameter.numbers.empty();
  if (!category && parameter.values.size() > most_value_marks) {
    mark_span(axis, parameter.numbers.front(), parameter.numbers.back());
    return axis;
  }
  for (std::size_t i = 0; i < parameter.values.size(); ++i) {
    const KeyValue setting{parameter.name, parameter.values[i],
                           category ? std::nullopt : std::optional(parameter.numbers[i])};
    add_mark(axis, position(parameter, {setting}).value_or(0.5), parameter.values[i]);
  }
  return axis;
}

}  // namespace

ParallelCoordinates parallel_coordinates(const std::vector<Group>& groups,
                                         const std::string& metric) {
  ParallelCoordinates result;
  std::vector<Group> shown;
  std::vector<double> means;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (!std::isfinite(groups[i].mean)) continue;
    result.lines.push_back({i, {}});
    shown.push_back(groups[i]);
    means.push_back(groups[i].mean);
  }
  if (shown.empty()) return result;
  for (const Parameter& parameter : varied_parameters(shown)) {
    result.axes.push_back(parameter_axis(parameter));
    for (std::size_t i = 0; i < shown.size(); ++i) {
      result.lines[i].at.push_back(position(parameter, shown[i].point));
    }
  }
  std::vector<double> ascending = means;
  std::sort(ascending.begin(), ascending.end());
  ascending.erase(std::unique(ascending.begin(), ascending.end()), ascending.end());
  const double low = ascending.front();
  const double high = ascending.back();
  const bool logarithmic = spans_magnitudes(ascending);
  ParallelAxis axis{
      metric, logarithmic ? Parameter::Scale::logarithmic : Parameter::Scale::linear, {}, {}};
  mark_span(axis, low, high);
  result.axes.push_back(std::move(axis));
  for (std::size_t i = 0; i < shown.size(); ++i) {
    result.lines[i].at.push_back(part_of_span(means[i], low, high, logarithmic));
  }
  return result;
}

HeatMap heat_map(const std::vector<Group>& groups, const Parameter& row, const Parameter& column) {
  HeatMap map{row.name, column.name, row.values, column.values, {}};
  std::vector<std::vector<std::vector<double>>> values(
      row.values.size(), std::vector<std::vector<double>>(column.values.size()));
  map.cells.assign(row.values.size(), std::vector<HeatMap::Cell>(column.values.size()));
  for (const Group& group : groups) {
    const auto i = level(row, group.point);
    const auto j = level(column, group.point);
    if (!i || !j) continue;
    for (const SeedValue& one : group.values) {
      if (std::isfinite(one.value)) {
        values[*i][*j].push_back(one.value);
      } else {
        ++map.cells[*i][*j].diverged;
      }
    }
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < values[i].size(); ++j) {
      HeatMap::Cell& cell = map.cells[i][j];
      cell.trials = static_cast<std::int64_t>(values[i][j].size());
      // As with a group: the mean of those that did not diverge would flatter.
      if (cell.trials > 0 && cell.diverged == 0) cell.mean = mean(values[i][j]);
    }
  }
  return map;
}

}  // namespace r50::sweep::judge
