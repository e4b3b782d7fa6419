#include <utility>

#include "sweep/search/draw.h"
#include "sweep/search/points.h"
#include "sweep/search/searcher.h"
#include "sweep/search/sobol_sequence.h"

namespace r50::sweep {
namespace {

class Sobol final : public Searcher {
 public:
  Sobol(Space space, std::uint64_t seed)
      : space_(std::move(space)), seed_(seed), last_resort_(space_, seed) {}

  // Another attempt is the sequence's next point, as in a grid: the sweep then has the first of the
  // sequence's points that differ. In a small space that may need as many attempts as there were
  // trials before.
  std::optional<Coordinates> propose(std::int64_t number, std::int64_t attempt,
                                     const std::vector<Seen>&) const override {
    const std::int64_t tries = 64 + number;
    if (attempt >= tries) return last_resort_.point(number, attempt - tries);
    Random others = search_draw(seed_, DrawFor::point, number, attempt);
    std::vector<double> units(space_.size());
    for (std::size_t i = 0; i < units.size(); ++i) {
      units[i] = i < sobol_dimensions ? unit(i, number + attempt) : others.uniform();
    }
    return point_at(space_, units);
  }

  std::optional<std::int64_t> total() const override { return count_points(space_); }

 private:
  double unit(std::size_t dimension, std::int64_t index) const {
    const std::uint32_t raw = sobol_bits(dimension, static_cast<std::uint64_t>(index));
    return (owen_scrambled(raw, seed_, dimension) + 0.5) * 0x1p-32;
  }

  Space space_;
  std::uint64_t seed_;
  LastResort last_resort_;
};

}  // namespace

std::unique_ptr<Searcher> sobol_search(Space space, std::uint64_t seed) {
  return std::make_unique<Sobol>(std::move(space), seed);
}

}  // namespace r50::sweep
