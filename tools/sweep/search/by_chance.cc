#include "sweep/search/by_chance.h"

#include <utility>

#include "sweep/search/points.h"

namespace r50::sweep {

ByChance::ByChance(Space space, std::uint64_t seed)
    : space_(std::move(space)), seed_(seed), last_resort_(space_, seed) {}

std::optional<Coordinates> ByChance::propose(std::int64_t number, std::int64_t attempt,
                                             const std::vector<Seen>& history) const {
  const std::int64_t own = tries(number);
  if (attempt >= own) return last_resort_.point(number, attempt - own);
  return drawn(number, attempt, history);
}

std::optional<std::int64_t> ByChance::total() const { return count_points(space_); }

std::int64_t ByChance::tries(std::int64_t) const { return usual_tries; }

}  // namespace r50::sweep
