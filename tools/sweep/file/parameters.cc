#include "sweep/file/parameters.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace r50::sweep {

Space Parameters::space() const {
  Space space;
  for (const Axis& axis : axes) space.push_back(axis.dimension);
  return space;
}

Settings set_over(Settings settings, const Settings& over) {
  for (const Setting& one : over) {
    settings.erase(std::remove_if(settings.begin(), settings.end(),
                                  [&](const Setting& old) { return old.key == one.key; }),
                   settings.end());
    settings.push_back(one);
  }
  return settings;
}

Settings Parameters::settings(const Coordinates& at) const {
  Settings all = constants;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const Axis& axis = axes[i];
    if (std::isnan(at[i])) continue;
    if (axis.dimension.kind == Dimension::Kind::choice) {
      const Settings& chosen = axis.choices[static_cast<std::size_t>(at[i])];
      all.insert(all.end(), chosen.begin(), chosen.end());
    } else if (axis.dimension.kind == Dimension::Kind::integer) {
      all.push_back({axis.key, Value(static_cast<std::int64_t>(at[i]), axis.spot)});
    } else {
      all.push_back({axis.key, Value(at[i], axis.spot)});
    }
  }
  return all;
}

std::vector<std::string> Parameters::keys() const {
  std::vector<std::string> keys;
  std::set<std::string> known;
  const auto add = [&](const std::string& key) {
    if (known.insert(key).second) keys.push_back(key);
  };
  for (const Setting& setting : constants) add(setting.key);
  for (const Axis& axis : axes) {
    for (const Settings& choice : axis.choices) {
      for (const Setting& setting : choice) add(setting.key);
    }
    if (!axis.key.empty()) add(axis.key);
  }
  return keys;
}

}  // namespace r50::sweep
