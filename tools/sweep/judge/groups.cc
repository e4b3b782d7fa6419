#include "sweep/judge/groups.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>

#include <absl/strings/str_join.h>

#include "sweep/judge/statistics.h"

namespace r50::sweep::judge {
namespace {

// Equal for equal points, however their settings are ordered. Lengths keep names and texts apart.
std::string point_key(const PointValues& point) {
  std::vector<std::string> parts;
  for (const KeyValue& setting : point) {
    parts.push_back(std::to_string(setting.name.size()) + ":" + setting.name +
                    std::to_string(setting.text.size()) + ":" + setting.text);
  }
  std::sort(parts.begin(), parts.end());
  return absl::StrJoin(parts, "");
}

struct Gathered {
  PointValues point;
  std::map<std::int64_t, const Observation*> finished;
  std::int64_t unfinished = 0;
};

Group summary(const Gathered& gathered) {
  Group group{gathered.point, {}, 0, gathered.unfinished, 0, {}, {}, 0};
  std::vector<double> values;
  for (const auto& [seed, trial] : gathered.finished) {
    group.values.push_back({seed, trial->value});
    values.push_back(trial->value);
    if (!std::isfinite(trial->value)) ++group.diverged;
    group.seconds += trial->seconds / static_cast<double>(gathered.finished.size());
  }
  if (group.diverged > 0 || values.empty()) {
    group.mean = std::numeric_limits<double>::quiet_NaN();
    return group;
  }
  group.mean = mean(values);
  if (values.size() >= 2) {
    const auto n = static_cast<double>(values.size());
    group.deviation = std::sqrt(variance(values));
    group.half_width = critical_t(0.05, n - 1) * *group.deviation / std::sqrt(n);
  }
  return group;
}

}  // namespace

std::vector<std::size_t> group_of_each(const Observations& table) {
  std::map<std::string, std::size_t> places;
  std::vector<std::size_t> all;
  for (const Observation& trial : table.trials) {
    all.push_back(places.try_emplace(point_key(trial.point), places.size()).first->second);
  }
  return all;
}

std::vector<Group> groups(const Observations& table) {
  const std::vector<std::size_t> group_of = group_of_each(table);
  std::vector<Gathered> all;
  for (std::size_t i = 0; i < group_of.size(); ++i) {
    const Observation& trial = table.trials[i];
    if (group_of[i] == all.size()) all.push_back({trial.point, {}, 0});
    Gathered& gathered = all[group_of[i]];
    if (trial.finished) {
      gathered.finished[trial.seed] = &trial;
    } else {
      ++gathered.unfinished;
    }
  }
  std::vector<Group> result;
  result.reserve(all.size());
  for (const Gathered& gathered : all) result.push_back(summary(gathered));
  return result;
}

std::vector<std::size_t> by_mean(const std::vector<Group>& groups, Better better) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (!groups[i].values.empty()) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const double x = groups[a].mean, y = groups[b].mean;
    if (std::isnan(x) || std::isnan(y)) return !std::isnan(x) && std::isnan(y);
    return better == Better::higher ? x > y : x < y;
  });
  return order;
}

std::vector<std::size_t> pareto_front(const std::vector<Group>& groups, Better better) {
  const auto loss = [&](std::size_t i) {
    return better == Better::higher ? -groups[i].mean : groups[i].mean;
  };
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (std::isfinite(groups[i].mean) && std::isfinite(groups[i].seconds)) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (groups[a].seconds != groups[b].seconds) return groups[a].seconds < groups[b].seconds;
    return loss(a) < loss(b);
  });
  std::vector<std::size_t> front;
  for (const std::size_t i : order) {
    const bool equal = !front.empty() && groups[i].seconds == groups[front.back()].seconds &&
                       loss(i) == loss(front.back());
    if (front.empty() || equal || loss(i) < loss(front.back())) front.push_back(i);
  }
  return front;
}

}  // namespace r50::sweep::judge
