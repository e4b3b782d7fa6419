#include "sweep/judge/names.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "sweep/judge/varied_parameters.h"

namespace r50::sweep::judge {
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
