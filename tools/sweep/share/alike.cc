#include "sweep/share/alike.h"

#include <algorithm>
#include <map>
#include <string>

namespace r50::sweep {
namespace {

using Starts = std::vector<const char*>;  // of words that are left out

std::string outside(const Starts& starts, const Trial& trial) {
  std::string text;
  for (const std::string& word : trial.words) {
    const bool left_out = std::any_of(starts.begin(), starts.end(),
                                      [&](const char* start) { return word.rfind(start, 0) == 0; });
    if (!left_out) text += word + "\n";
  }
  return text;
}

Alike alike_outside(const Starts& starts, const std::vector<Trial>& trials) {
  std::map<std::string, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (!trials[i].follows()) groups[outside(starts, trials[i])].push_back(i);
  }
  Alike several;
  for (auto& [text, group] : groups) {
    if (group.size() > 1) several.push_back(std::move(group));
  }
  return several;
}

}  // namespace

Alike alike_at_first(const std::vector<Trial>& trials) {
  return alike_outside({"run.epochs=", "scheduler", "augmentation", "averaging"}, trials);
}

Alike alike_but_averages(const std::vector<Trial>& trials) {
  return alike_outside({"averaging"}, trials);
}

}  // namespace r50::sweep
