#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "sweep/budget/budget.h"
#include "sweep/search/searcher.h"
#include "sweep/search/space.h"

namespace r50::sweep {
namespace {

// A number for each point, by its coordinates: when the sequence meets it first.
std::map<Coordinates, std::size_t> met_by_sobol(const Space& space,
                                                const std::vector<Trial>& trials) {
  std::map<Coordinates, std::size_t> places;
  for (const Trial& trial : trials) {
    if (trial.at.size() == space.size()) places.emplace(comparable(trial.at), trials.size());
  }
  constexpr std::uint64_t seed = 1;  // of the scrambling: the same in every life of a controller
  const auto sequence = sobol_search(space, seed);
  const auto patience = static_cast<std::int64_t>(64 + 16 * places.size());
  std::size_t met = 0;
  for (std::int64_t index = 0; index < patience && met < places.size(); ++index) {
    const auto at = sequence->propose(index, 0, {});
    const auto found = at ? places.find(comparable(*at)) : places.end();
    if (found != places.end() && found->second == trials.size()) found->second = met++;
  }
  return places;
}

}  // namespace

std::vector<std::size_t> budget_order(const SweepFile& sweep, const std::vector<Trial>& trials) {
  const bool grid = sweep.method == Method::grid || sweep.method == Method::lr_find;
  std::map<Coordinates, std::size_t> places;
  if (grid) places = met_by_sobol(sweep.parameters.space(), trials);
  const auto place = [&](const Trial& trial) {
    const auto found = places.find(comparable(trial.at));
    return found == places.end() ? trials.size() : found->second;
  };
  std::set<std::string> runs_of_second;
  for (const Trial& trial : trials) {
    if (trial.stage == "confirm" && trial.follows()) runs_of_second.insert(trial.leader);
  }
  const auto rank = [&](const Trial& trial) {
    if (trial.stage == "confirm" || runs_of_second.count(trial.id) > 0) return 0;
    return trial.stage.empty() ? 1 : 2;
  };
  std::vector<std::tuple<int, std::int64_t, std::size_t, std::size_t>> keys;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    keys.emplace_back(rank(trials[i]), trials[i].replicate, place(trials[i]), i);
  }
  std::sort(keys.begin(), keys.end());
  std::vector<std::size_t> order;
  for (const auto& key : keys) order.push_back(std::get<3>(key));
  return order;
}

}  // namespace r50::sweep
