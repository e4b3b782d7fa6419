#include <utility>

#include "sweep/search/draw.h"
#include "sweep/search/points.h"
#include "sweep/search/searcher.h"

namespace r50::sweep {
namespace {

class RandomSearch final : public Searcher {
 public:
  RandomSearch(Space space, std::uint64_t seed)
      : space_(std::move(space)), seed_(seed), last_resort_(space_, seed) {}

  std::optional<Coordinates> propose(std::int64_t number, std::int64_t attempt,
                                     const std::vector<Seen>&) const override {
    constexpr std::int64_t tries = 64;
    if (attempt < tries) return random_point(space_, seed_, number, attempt);
    return last_resort_.point(number, attempt - tries);
  }

  std::optional<std::int64_t> total() const override { return count_points(space_); }

 private:
  Space space_;
  std::uint64_t seed_;
  LastResort last_resort_;
};

}  // namespace

std::unique_ptr<Searcher> random_search(Space space, std::uint64_t seed) {
  return std::make_unique<RandomSearch>(std::move(space), seed);
}

}  // namespace r50::sweep
