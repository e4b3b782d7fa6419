#include <utility>

#include "sweep/search/by_chance.h"
#include "sweep/search/sobol_sequence.h"

namespace r50::sweep {
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
