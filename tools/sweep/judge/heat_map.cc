#include "sweep/judge/heat_map.h"

#include <algorithm>
#include <cmath>

#include "sweep/judge/statistics.h"
#include "sweep/judge/varied_parameters.h"

namespace r50::sweep::judge {
namespace {

HeatMap table_over(const std::vector<Group>& groups, const Parameter& row,
                   const Parameter& column) {
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

}  // namespace

std::optional<HeatMap> heat_map(const std::vector<Group>& groups) {
  const std::vector<Parameter> varied = varied_parameters(groups);
  if (varied.size() != 2 || !varied[0].everywhere || !varied[1].everywhere) return std::nullopt;
  return table_over(groups, varied[0], varied[1]);
}

std::optional<HeatMap> heat_map(const std::vector<Group>& groups, const std::string& row,
                                const std::string& column) {
  const std::vector<Parameter> varied = varied_parameters(groups);
  const auto find = [&](const std::string& name) {
    return std::find_if(varied.begin(), varied.end(),
                        [&](const Parameter& parameter) { return parameter.name == name; });
  };
  const auto first = find(row);
  const auto second = find(column);
  if (first == varied.end() || second == varied.end()) return std::nullopt;
  return table_over(groups, *first, *second);
}

}  // namespace r50::sweep::judge
