#include "sweep/judge/varied_parameters.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace r50::sweep::judge {
namespace {

constexpr double many_magnitudes = 20;

struct Mentions {
  std::string name;
  std::vector<const KeyValue*> first_of_text;
  std::size_t points = 0;
};

std::vector<Mentions> all_mentions(const std::vector<Group>& groups) {
  std::vector<Mentions> all;
  std::map<std::string, std::size_t> places;
  std::map<std::string, std::map<std::string, bool>> seen;
  for (const Group& group : groups) {
    for (const KeyValue& setting : group.point) {
      const auto [place, is_new] = places.try_emplace(setting.name, all.size());
      if (is_new) all.push_back({setting.name, {}, 0});
      Mentions& mentions = all[place->second];
      ++mentions.points;
      if (seen[setting.name].try_emplace(setting.text, true).second) {
        mentions.first_of_text.push_back(&setting);
      }
    }
  }
  return all;
}

// How far at most a number lies from where it would lie if all were evenly spaced.
double unevenness(const std::vector<double>& ascending, bool logarithmic) {
  double most = 0;
  const double last = static_cast<double>(ascending.size()) - 1;
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    const double at = part_of_span(ascending[i], ascending.front(), ascending.back(), logarithmic);
    most = std::max(most, std::abs(at - static_cast<double>(i) / last));
  }
  return most;
}

bool is_number(const KeyValue* setting) {
  return setting->number && std::isfinite(*setting->number);
}

Parameter parameter_from(Mentions mentions, bool everywhere) {
  Parameter parameter;
  parameter.name = mentions.name;
  parameter.everywhere = everywhere;
  auto& settings = mentions.first_of_text;
  const bool numbers = std::all_of(settings.begin(), settings.end(), is_number);
  if (numbers) {
    std::stable_sort(settings.begin(), settings.end(),
                     [](const KeyValue* a, const KeyValue* b) { return *a->number < *b->number; });
  }
  for (const KeyValue* setting : settings) {
    if (numbers && !parameter.numbers.empty() && *setting->number == parameter.numbers.back()) {
      continue;  // the same number in another spelling
    }
    parameter.values.push_back(setting->text);
    if (numbers) parameter.numbers.push_back(*setting->number);
  }
  if (numbers) {
    parameter.scale = spans_magnitudes(parameter.numbers) ? Parameter::Scale::logarithmic
                                                          : Parameter::Scale::linear;
  }
  return parameter;
}

}  // namespace

bool spans_magnitudes(const std::vector<double>& ascending) {
  const double low = ascending.front();
  if (!(low > 0) || ascending.back() < many_magnitudes * low) return false;
  return unevenness(ascending, true) <= unevenness(ascending, false);
}

double part_of_span(double value, double low, double high, bool logarithmic) {
  if (!(high > low)) return 0.5;
  // Halved first: the whole span of doubles is no double.
  if (!logarithmic) return (value / 2 - low / 2) / (high / 2 - low / 2);
  return (std::log(value) - std::log(low)) / (std::log(high) - std::log(low));
}

std::vector<Parameter> varied_parameters(const std::vector<Group>& groups) {
  std::vector<Parameter> varied;
  for (Mentions& mentions : all_mentions(groups)) {
    const bool everywhere = mentions.points == groups.size();
    Parameter parameter = parameter_from(std::move(mentions), everywhere);
    if (parameter.values.size() > 1 || !everywhere) varied.push_back(std::move(parameter));
  }
  return varied;
}

std::optional<std::size_t> level(const Parameter& parameter, const PointValues& point) {
  const KeyValue* setting = find_setting(point, parameter.name);
  if (setting == nullptr) return std::nullopt;
  if (!parameter.numbers.empty() && is_number(setting)) {
    const auto found =
        std::lower_bound(parameter.numbers.begin(), parameter.numbers.end(), *setting->number);
    if (found == parameter.numbers.end() || *found != *setting->number) return std::nullopt;
    return static_cast<std::size_t>(found - parameter.numbers.begin());
  }
  const auto found = std::find(parameter.values.begin(), parameter.values.end(), setting->text);
  if (found == parameter.values.end()) return std::nullopt;
  return static_cast<std::size_t>(found - parameter.values.begin());
}

std::optional<double> position(const Parameter& parameter, const PointValues& point) {
  const std::optional<std::size_t> at = level(parameter, point);
  if (!at) return std::nullopt;
  if (parameter.numbers.empty()) {
    return part_of_span(static_cast<double>(*at), 0,
                        static_cast<double>(parameter.values.size()) - 1, false);
  }
  return part_of_span(parameter.numbers[*at], parameter.numbers.front(), parameter.numbers.back(),
                      parameter.scale == Parameter::Scale::logarithmic);
}

namespace {

bool ends_in_part(std::string_view key, std::string_view tail) {
  if (!key.ends_with(tail)) return false;
  return key.size() == tail.size() || key[key.size() - tail.size() - 1] == '.';
}

std::string shortest_tail(const std::string& key, const std::set<std::string>& all) {
  for (std::size_t dot = key.rfind('.'); dot != std::string::npos && dot > 0;
       dot = key.rfind('.', dot - 1)) {
    std::string tail = key.substr(dot + 1);
    const auto alike = std::count_if(all.begin(), all.end(), [&](const std::string& other) {
      return ends_in_part(other, tail);
    });
    if (alike == 1) return tail;
  }
  return key;
}

}  // namespace

Names::Names(std::vector<Group> groups) : groups_(std::move(groups)) {
  std::set<std::string> all;
  for (const Group& group : groups_) {
    for (const KeyValue& setting : group.point) all.insert(setting.name);
  }
  for (const std::string& key : all) short_[key] = shortest_tail(key, all);
  for (const Parameter& parameter : varied_parameters(groups_)) varied_.push_back(parameter.name);
}

const std::string& Names::parameter(const std::string& key) const {
  const auto found = short_.find(key);
  return found == short_.end() ? key : found->second;
}

std::string Names::by(const std::vector<std::string>& keys, std::size_t group) const {
  std::string text;
  for (const std::string& key : keys) {
    if (!text.empty()) text += ", ";
    const KeyValue* setting = find_setting(groups_[group].point, key);
    text += setting == nullptr ? "no " + parameter(key) : parameter(key) + " " + setting->text;
  }
  return text;
}

std::string Names::point(std::size_t group) const {
  std::vector<std::string> keys;
  for (const std::string& key : varied_) {
    // What does not apply to a point need not be said of it alone.
    if (find_setting(groups_[group].point, key) != nullptr) keys.push_back(key);
  }
  return keys.empty() ? "the only point" : by(keys, group);
}

std::pair<std::string, std::string> Names::pair(std::size_t first, std::size_t second) const {
  std::vector<std::string> keys;
  for (const std::string& key : varied_) {
    const KeyValue* a = find_setting(groups_[first].point, key);
    const KeyValue* b = find_setting(groups_[second].point, key);
    const bool same = a == nullptr || b == nullptr ? a == b : a->text == b->text;
    if (!same) keys.push_back(key);
  }
  return {by(keys, first), by(keys, second)};
}

}  // namespace r50::sweep::judge
