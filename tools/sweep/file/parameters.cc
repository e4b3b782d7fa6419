#include "sweep/file/parameters.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

namespace r50::sweep {
namespace {

// Of several choices whose words are all there, the one that says most: another may be a part of
// it.
std::optional<double> chosen(const VariedKey& axis, const std::set<std::string>& words) {
  std::optional<double> best;
  std::size_t most = 0;
  for (std::size_t i = 0; i < axis.choices.size(); ++i) {
    const Settings& choice = axis.choices[i];
    const bool all = std::ranges::all_of(
        choice, [&](const Setting& setting) { return words.count(setting.word()) > 0; });
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

Space Parameters::space() const {
  Space space;
  for (const VariedKey& axis : axes) space.push_back(axis.dimension);
  return space;
}

std::vector<std::string> words_of(const Settings& settings) {
  std::vector<std::string> words;
  for (const Setting& setting : settings) words.push_back(setting.word());
  return words;
}

const Value* key_in(const Value& experiment, const char* table, const char* key) {
  const Value* const found = experiment.table() ? experiment.table()->find(table) : nullptr;
  return found && found->table() ? found->table()->find(key) : nullptr;
}

Settings set_over(Settings settings, const Settings& over) {
  for (const Setting& one : over) {
    std::erase_if(settings, [&](const Setting& old) { return old.key == one.key; });
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

std::optional<Coordinates> Parameters::coordinates(const std::vector<std::string>& words) const {
  const std::set<std::string> all(words.begin(), words.end());
  const Space space = this->space();
  Coordinates at;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (!is_active(space, i, at)) {
      at.push_back(std::nan(""));
      continue;
    }
    const VariedKey& axis = axes[i];
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
