#include "sweep/judge/effects.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>

#include "sweep/judge/forest.h"
#include "sweep/judge/parameters.h"
#include "sweep/judge/shares.h"

namespace r50::sweep::judge {
namespace {

// A forest over fewer points than this says what the noise says.
std::size_t least_points(std::size_t parameters) {
  return std::max<std::size_t>(8, 3 * parameters);
}

// A grid's values are evenly weighted cells, wherever they lie; many different numbers lie on the
// parameter's scale.
Column column_of(const Parameter& parameter, const std::vector<Group>& rows) {
  Column column;
  const bool grid = parameter.values.size() <= rows.size() / 2;
  if (parameter.scale == Parameter::Scale::category) column.categories = parameter.values.size();
  const auto count = static_cast<double>(parameter.values.size());
  for (const Group& row : rows) {
    const auto at = static_cast<double>(level(parameter, row.point).value_or(0));
    if (column.categories > 0) {
      column.values.push_back(at);
    } else if (grid) {
      column.values.push_back((at + 0.5) / count);
    } else {
      column.values.push_back(position(parameter, row.point).value_or(0));
    }
  }
  return column;
}

struct Analysis {
  std::vector<std::string> names;
  std::vector<Share> shares;
  double explained = 0;
};

// Of the parameters that all of these points have. Nothing where the points are too few.
Analysis analysed(const std::vector<Group>& rows) {
  std::vector<Parameter> judged;
  for (Parameter& parameter : varied_parameters(rows)) {
    if (parameter.everywhere) judged.push_back(std::move(parameter));
  }
  if (judged.empty() || rows.size() < least_points(judged.size())) return {};
  Analysis analysis;
  std::vector<Column> columns;
  std::vector<double> target;
  for (const Parameter& parameter : judged) {
    analysis.names.push_back(parameter.name);
    columns.push_back(column_of(parameter, rows));
  }
  for (const Group& row : rows) target.push_back(row.mean);
  const Forest forest = grow_forest(columns, target);
  analysis.shares = variance_shares(forest, columns.size());
  analysis.explained = forest.explained;
  return analysis;
}

// The sets of points that have a conditional parameter, each with the parameters it is for.
std::map<std::vector<std::size_t>, std::vector<std::string>> conditional_sets(
    const std::vector<Group>& rows) {
  std::map<std::vector<std::size_t>, std::vector<std::string>> sets;
  for (const Parameter& parameter : varied_parameters(rows)) {
    if (parameter.everywhere || parameter.values.size() < 2) continue;
    std::vector<std::size_t> having;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (find_setting(rows[i].point, parameter.name) != nullptr) having.push_back(i);
    }
    sets[having].push_back(parameter.name);
  }
  return sets;
}

void take(const Analysis& analysis, const std::vector<std::string>* only, std::size_t points,
          Effects& into) {
  for (std::size_t i = 0; i < analysis.names.size(); ++i) {
    const std::string& name = analysis.names[i];
    if (only != nullptr && std::find(only->begin(), only->end(), name) == only->end()) continue;
    into.parameters.push_back({name, analysis.shares[i].alone, analysis.shares[i].with_others,
                               static_cast<std::int64_t>(points), only != nullptr});
  }
}

std::string too_few(std::size_t points, std::size_t parameters) {
  return "too few trials: " + std::to_string(points) + " finished points for " +
         std::to_string(parameters) + (parameters == 1 ? " parameter" : " parameters") +
         "; effects are told from " + std::to_string(least_points(parameters)) + " on";
}

}  // namespace

Effects effects(const std::vector<Group>& groups) {
  std::vector<Group> rows;
  for (const Group& group : groups) {
    if (std::isfinite(group.mean)) rows.push_back(group);
  }
  Effects result;
  const std::vector<Parameter> varied = varied_parameters(rows);
  if (varied.empty()) {
    result.remark = rows.size() < 2 ? too_few(rows.size(), 1) : "no parameter was varied";
    return result;
  }
  const Analysis all = analysed(rows);
  result.explained = all.explained;
  take(all, nullptr, rows.size(), result);
  for (const auto& [having, names] : conditional_sets(rows)) {
    std::vector<Group> some;
    for (const std::size_t i : having) some.push_back(rows[i]);
    take(analysed(some), &names, some.size(), result);
  }
  std::stable_sort(result.parameters.begin(), result.parameters.end(),
                   [](const Effect& a, const Effect& b) { return a.with_others > b.with_others; });
  if (result.parameters.empty()) {
    result.remark = too_few(rows.size(), varied.size());
  } else if (!all.names.empty() && all.explained <= 0) {
    result.remark =
        "the parameters explain nothing on points the forest has not seen: take these "
        "shares for noise";
  }
  return result;
}

}  // namespace r50::sweep::judge
