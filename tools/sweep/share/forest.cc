#include "sweep/share/forest.h"

#include <map>
#include <utility>

namespace r50::sweep {

Forest share_pasts(const std::vector<Past>& pasts) {
  // The first trial that came to a place. A hash tells the whole way to it, but for `rest`.
  std::map<std::pair<std::string, std::string>, std::size_t> first;
  Forest forest;
  for (std::size_t i = 0; i < pasts.size(); ++i) {
    const Past& past = pasts[i];
    Branch branch;
    if (past.alone.empty()) {
      for (std::size_t epoch = 0; epoch < past.epochs.size(); ++epoch) {
        const auto [place, is_new] = first.try_emplace({past.rest, past.epochs[epoch]}, i);
        // Behind a place where it was alone, whoever is met only has a hash by chance.
        if (is_new || branch.after != static_cast<std::int64_t>(epoch)) continue;
        branch = {place->second, static_cast<std::int64_t>(epoch) + 1};
      }
    }
    forest.push_back(branch);
  }
  return forest;
}

std::int64_t epochs_trained(const Forest& forest, const std::vector<std::int64_t>& epochs) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < forest.size(); ++i) sum += epochs[i] - forest[i].after;
  return sum;
}

}  // namespace r50::sweep
