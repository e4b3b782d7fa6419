#include "sweep/search/draw.h"

#include <algorithm>
#include <limits>

#include "sweep/search/points.h"

namespace r50::sweep {

Random search_draw(std::uint64_t seed, DrawFor use, std::int64_t number, std::int64_t attempt) {
  return Random({.seed = seed,
                 .stream = Stream::search,
                 .epoch = static_cast<std::uint32_t>(use),
                 .sample = static_cast<std::uint64_t>(number),
                 .draw = static_cast<std::uint32_t>(attempt)});
}

Coordinates point_at(const Space& space, const std::vector<double>& units) {
  Coordinates at(space.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < space.size(); ++i) {
    if (is_active(space, i, at)) at[i] = value_at(space[i], units[i]);
  }
  return at;
}

Coordinates random_point(const Space& space, std::uint64_t seed, std::int64_t number,
                         std::int64_t attempt) {
  Random random = search_draw(seed, DrawFor::point, number, attempt);
  std::vector<double> units(space.size());
  // Drawn for a dimension without a value, too: a condition elsewhere then leaves the others alone.
  std::generate(units.begin(), units.end(), [&] { return random.uniform(); });
  return point_at(space, units);
}

LastResort::LastResort(const Space& space, std::uint64_t seed)
    : space_(space), seed_(seed), points_(count_points(space)) {}

std::optional<Coordinates> LastResort::point(std::int64_t number, std::int64_t attempt) const {
  if (points_) {
    // Of a space too large to fall back on, its first points will do.
    const std::int64_t within = std::min(*points_, std::int64_t{1} << 40);
    if (attempt >= within) return std::nullopt;
    return nth_point(space_, Permutation(within, seed_, 0)(attempt));
  }
  if (attempt >= patience) return std::nullopt;
  return random_point(space_, seed_, number, attempt + patience);  // far from what was drawn before
}

}  // namespace r50::sweep
