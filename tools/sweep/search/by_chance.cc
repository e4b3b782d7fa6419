#include "sweep/search/by_chance.h"

#include <utility>

#include "sweep/search/points.h"
#include "sweep/search/sobol_sequence.h"

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

namespace {

class RandomSearch final : public ByChance {
 public:
  using ByChance::ByChance;

 private:
  Coordinates drawn(std::int64_t number, std::int64_t attempt,
                    const std::vector<Seen>&) const override {
    return random_point(space(), seed(), number, attempt);
  }
};

}  // namespace

std::unique_ptr<Searcher> random_search(Space space, std::uint64_t seed) {
  return std::make_unique<RandomSearch>(std::move(space), seed);
}

namespace {

class Sobol final : public ByChance {
 public:
  using ByChance::ByChance;

 private:
  // Another attempt is the sequence's next point, as in a grid: the sweep then has the first of the
  // sequence's points that differ. In a small space that may need as many attempts as there were
  // trials before.
  std::int64_t tries(std::int64_t number) const override { return usual_tries + number; }

  Coordinates drawn(std::int64_t number, std::int64_t attempt,
                    const std::vector<Seen>&) const override {
    Random others = search_draw(seed(), DrawFor::point, number, attempt);
    std::vector<double> units(space().size());
    for (std::size_t i = 0; i < units.size(); ++i) {
      units[i] = i < sobol_dimensions ? unit(i, number + attempt) : others.uniform();
    }
    return point_at(space(), units);
  }

  double unit(std::size_t dimension, std::int64_t index) const {
    const std::uint32_t raw = sobol_bits(dimension, static_cast<std::uint64_t>(index));
    return (owen_scrambled(raw, seed(), dimension) + 0.5) * 0x1p-32;
  }
};

}  // namespace

std::unique_ptr<Searcher> sobol_search(Space space, std::uint64_t seed) {
  return std::make_unique<Sobol>(std::move(space), seed);
}

}  // namespace r50::sweep
