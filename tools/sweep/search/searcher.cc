#include "sweep/search/searcher.h"

#include <utility>

#include "r50/error.h"
#include "sweep/search/points.h"

namespace r50::sweep {

Searcher::~Searcher() = default;

namespace {

class Grid final : public Searcher {
 public:
  explicit Grid(Space space) : space_(std::move(space)) {
    for (const Dimension& dimension : space_) {
      if (count_values(dimension)) continue;
      throw WrongInput("a grid cannot take every value of '" + dimension.name +
                       "': give it values or a step");
    }
    points_ = *count_points(space_);
  }

  // Another attempt is the next point: no later trial can be left without one by that, since it
  // moves on in its turn.
  std::optional<Coordinates> propose(std::int64_t number, std::int64_t attempt,
                                     const std::vector<Seen>&) const override {
    if (number + attempt >= points_) return std::nullopt;
    return nth_point(space_, number + attempt);
  }

  std::optional<std::int64_t> total() const override { return points_; }

 private:
  Space space_;
  std::int64_t points_ = 0;
};

}  // namespace

std::unique_ptr<Searcher> grid_search(Space space) {
  return std::make_unique<Grid>(std::move(space));
}

}  // namespace r50::sweep
