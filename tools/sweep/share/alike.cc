#include "sweep/share/alike.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>

namespace r50::sweep {
namespace {

bool is_of_time(const std::string& word) {
  constexpr std::array<const char*, 4> starts = {"run.epochs=", "scheduler", "augmentation",
                                                 "averaging"};
  return std::any_of(starts.begin(), starts.end(),
                     [&](const char* start) { return word.rfind(start, 0) == 0; });
}

std::string outside_time(const Trial& trial) {
  std::string text;
  for (const std::string& word : trial.words) {
    if (!is_of_time(word)) text += word + "\n";
  }
  return text;
}

}  // namespace

std::vector<std::vector<std::size_t>> alike_at_first(const std::vector<Trial>& trials) {
  std::map<std::string, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (!trials[i].follows()) groups[outside_time(trials[i])].push_back(i);
  }
  std::vector<std::vector<std::size_t>> several;
  for (auto& [text, group] : groups) {
    if (group.size() > 1) several.push_back(std::move(group));
  }
  return several;
}

}  // namespace r50::sweep
