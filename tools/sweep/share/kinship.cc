#include "sweep/share/kinship.h"

#include <algorithm>
#include <map>
#include <string>

namespace r50::sweep {

Kinship::Kinship(const std::vector<Trial>& trials) : neighbours_(trials.size()) {
  if (std::all_of(trials.begin(), trials.end(), [](auto& one) { return one.parent.empty(); })) {
    return;
  }
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < trials.size(); ++i) places[trials[i].id] = i;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (trials[i].parent.empty()) continue;
    const auto parent = places.find(trials[i].parent);  // a lost ledger knows it no more
    if (parent == places.end()) continue;
    neighbours_[i].push_back({parent->second, trials[i].branch});
    neighbours_[parent->second].push_back({i, trials[i].branch});
  }
}

std::vector<Relative> Kinship::of(std::size_t place, std::int64_t beyond) const {
  std::vector<Relative> found;
  if (neighbours_[place].empty()) return found;
  std::vector<bool> met(neighbours_.size());
  met[place] = true;
  const auto meet = [&](std::size_t from, std::int64_t common) {
    for (const Relative& next : neighbours_[from]) {
      const std::int64_t still = std::min(common, next.common);
      if (still <= beyond || met[next.place]) continue;
      met[next.place] = true;
      found.push_back({next.place, still});
    }
  };
  meet(place, INT64_MAX);
  for (std::size_t i = 0; i < found.size(); ++i) meet(found[i].place, found[i].common);
  return found;
}

}  // namespace r50::sweep
