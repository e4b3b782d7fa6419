#include <utility>

#include "sweep/search/by_chance.h"

namespace r50::sweep {
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

}  // namespace r50::sweep
