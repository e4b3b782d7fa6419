#include "sweep/file/parameters.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

namespace r50::sweep {

Space Parameters::space() const {
  Space space;
  for (const VariedKey& axis : axes) space.push_back(axis.dimension);
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
    const VariedKey& axis = axes[i];
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

namespace {

// Of several choices whose words are all there, the one that says most: another may be a part of
// it.
std::optional<double> chosen(const VariedKey& axis, const std::set<std::string>& words) {
  std::optional<double> best;
  std::size_t most = 0;
  for (std::size_t i = 0; i < axis.choices.size(); ++i) {
    const Settings& choice = axis.choices[i];
    const bool all = std::all_of(choice.begin(), choice.end(), [&](const Setting& setting) {
      return words.count(setting.word()) > 0;
    });
    if (!all || (best && choice.size() <= most)) continue;
    best = static_cast<double>(i);
    most = choice.size();
  }
  return best;
}

std::optional<double> number_after(const std::string& key, const std::set<std::string>& words) {
  const auto found = words.lower_bound(key + "=");
  if (found == words.end() || found->rfind(key + "=", 0) != 0) return std::nullopt;
  return std::strtod(found->c_str() + key.size() + 1, nullptr);
}

}  // namespace

std::optional<Coordinates> Parameters::coordinates(const std::vector<std::string>& words) const {
  const std::set<std::string> all(words.begin(), words.end());
  Coordinates at;
  for (const VariedKey& axis : axes) {
    const auto& condition = axis.dimension.condition;
    if (condition) {
      const double above = at[condition->dimension];
      const auto& met = condition->choices;
      const bool active =
          !std::isnan(above) &&
          std::find(met.begin(), met.end(), static_cast<std::size_t>(above)) != met.end();
      if (!active) {
        at.push_back(std::nan(""));
        continue;
      }
    }
    const bool choice = axis.dimension.kind == Dimension::Kind::choice;
    const auto value = choice ? chosen(axis, all) : number_after(axis.key, all);
    if (!value) return std::nullopt;
    at.push_back(*value);
  }
  return at;
}

std::vector<std::string> Parameters::keys() const {
  std::vector<std::string> keys;
  std::set<std::string> known;
  const auto add = [&](const std::string& key) {
    if (known.insert(key).second) keys.push_back(key);
  };
  for (const Setting& setting : constants) add(setting.key);
  for (const VariedKey& axis : axes) {
    for (const Settings& choice : axis.choices) {
      for (const Setting& setting : choice) add(setting.key);
    }
    if (!axis.key.empty()) add(axis.key);
  }
  return keys;
}

}  // namespace r50::sweep
