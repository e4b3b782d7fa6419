#include "sweep/judge/groups.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>

#include "sweep/judge/statistics.h"

namespace r50::sweep::judge {
namespace {

// Equal for equal points, however their settings are ordered. Lengths keep names and texts apart.
std::string point_key(const Point& point) {
  std::vector<std::string> parts;
  for (const Setting& setting : point) {
    parts.push_back(std::to_string(setting.name.size()) + ":" + setting.name +
                    std::to_string(setting.text.size()) + ":" + setting.text);
  }
  std::sort(parts.begin(), parts.end());
  std::string key;
  for (const std::string& part : parts) key += part;
  return key;
}

struct Gathered {
  Point point;
  std::map<std::int64_t, const Trial*> finished;
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

std::vector<Group> groups(const Table& table) {
  std::map<std::string, std::size_t> places;
  std::vector<Gathered> all;
  for (const Trial& trial : table.trials) {
    const auto [place, is_new] = places.try_emplace(point_key(trial.point), all.size());
    if (is_new) all.push_back({trial.point, {}, 0});
    Gathered& gathered = all[place->second];
    if (trial.state == Trial::State::finished) {
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

}  // namespace r50::sweep::judge
