#pragma once

// Points by chance, as keyed draws without state.

#include <cstdint>
#include <optional>

#include "r50/random.h"
#include "sweep/search/space.h"

namespace r50::sweep {

// Which of a search's sequences of random numbers; they never share one.
enum class DrawFor : std::uint32_t { point = 0, estimator = 1, scrambling = 2 };

Random search_draw(std::uint64_t seed, DrawFor use, std::int64_t number, std::int64_t attempt);

// A point's values from a unit each; NaN where a condition is not met.
Coordinates point_at(const Space& space, const std::vector<double>& units);

Coordinates random_point(const Space& space, std::uint64_t seed, std::int64_t number,
                         std::int64_t attempt);

// What a search falls back to where it only finds points that the caller has already: every point
// of a countable space once, in random order. Of another space as many random points as `patience`
// allows: there, too, values can coincide (a normal distribution in steps). Then nothing.
class LastResort {
 public:
  LastResort(const Space& space, std::uint64_t seed);
  LastResort(Space&& space, std::uint64_t seed) = delete;  // it must outlive this
  std::optional<Coordinates> point(std::int64_t number, std::int64_t attempt) const;

  static constexpr std::int64_t patience = 1000;

 private:
  const Space& space_;
  std::uint64_t seed_;
  std::optional<std::int64_t> points_;
};

}  // namespace r50::sweep
