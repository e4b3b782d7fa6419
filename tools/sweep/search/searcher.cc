#include "sweep/search/searcher.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include "r50/error.h"
#include "sweep/search/parzen.h"
#include "sweep/search/points.h"

namespace r50::sweep {
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

 private:
  Space space_;
  std::int64_t points_ = 0;
};

// A searcher that has some tries for a trial's point, and after these the last resort: what random
// search, Sobol's sequence and TPE have in common.
class ByChance : public Searcher {
 public:
  ByChance(Space space, std::uint64_t seed)
      : space_(std::move(space)), seed_(seed), points_(count_points(space_)) {}

  std::optional<Coordinates> propose(std::int64_t number, std::int64_t attempt,
                                     const std::vector<Seen>& history) const final {
    const std::int64_t own = tries(number);
    if (attempt >= own) return last_resort(number, attempt - own);
    return drawn(number, attempt, history);
  }

 protected:
  static constexpr std::int64_t usual_tries = 64;

  const Space& space() const { return space_; }
  std::uint64_t seed() const { return seed_; }

 private:
  virtual std::int64_t tries(std::int64_t) const { return usual_tries; }
  virtual Coordinates drawn(std::int64_t number, std::int64_t attempt,
                            const std::vector<Seen>& history) const = 0;

  // Where a search only finds points that the caller has already: every point of a countable space
  // once, in random order. Of another space as many random points as `patience` allows: there, too,
  // values can coincide (a normal distribution in steps). Then nothing.
  std::optional<Coordinates> last_resort(std::int64_t number, std::int64_t attempt) const {
    constexpr std::int64_t patience = 1000;
    if (points_) {
      // Of a space too large to fall back on, its first points will do.
      const std::int64_t within = std::min(*points_, std::int64_t{1} << 40);
      if (attempt >= within) return std::nullopt;
      return nth_point(space_, Permutation(within, seed_, 0)(attempt));
    }
    if (attempt >= patience) return std::nullopt;
    return random_point(space_, seed_, number, attempt + patience);  // far from earlier draws
  }

  Space space_;
  std::uint64_t seed_;
  std::optional<std::int64_t> points_;
};

class RandomSearch final : public ByChance {
 public:
  using ByChance::ByChance;

 private:
  Coordinates drawn(std::int64_t number, std::int64_t attempt,
                    const std::vector<Seen>&) const override {
    return random_point(space(), seed(), number, attempt);
  }
};

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

constexpr std::size_t tpe_startup = 10;
constexpr int tpe_candidates = 24;

// Best first: complete trials by their value, then stopped ones by how far they came. A trial that
// diverged is a result, and the worst; one that failed says nothing.
bool ranks_before(const Seen* a, const Seen* b) {
  const auto rank = [](const Seen& seen) {
    const bool stopped = seen.state == Seen::State::stopped;
    const double value =
        std::isnan(seen.value) ? std::numeric_limits<double>::infinity() : seen.value;
    return std::tuple(stopped, stopped ? -seen.steps : 0, value, seen.number);
  };
  return rank(*a) < rank(*b);
}

struct GoodAndRest {
  std::vector<Coordinates> good, rest;
};

GoodAndRest divided(std::vector<const Seen*> finished, std::vector<const Seen*> running) {
  const auto best = std::min<std::size_t>((finished.size() + 9) / 10, 25);  // a tenth, rounded up
  std::ranges::sort(finished, ranks_before);
  std::vector<const Seen*> good(finished.begin(),
                                finished.begin() + static_cast<std::ptrdiff_t>(best));
  std::vector<const Seen*> rest(finished.begin() + static_cast<std::ptrdiff_t>(best),
                                finished.end());
  rest.insert(rest.end(), running.begin(), running.end());
  const auto by_age = [](std::vector<const Seen*>& trials) {
    std::ranges::sort(trials, [](const Seen* a, const Seen* b) { return a->number < b->number; });
    std::vector<Coordinates> points;
    for (const Seen* seen : trials) points.push_back(seen->at);
    return points;
  };
  return {by_age(good), by_age(rest)};
}

class Tpe final : public ByChance {
 public:
  using ByChance::ByChance;

  bool adaptive() const override { return true; }

 private:
  Coordinates drawn(std::int64_t number, std::int64_t attempt,
                    const std::vector<Seen>& history) const override {
    constexpr std::int64_t estimated = 16;  // of the tries; those after them are random points
    std::vector<const Seen*> finished, running;
    for (const Seen& seen : history) {
      if (seen.number == number || seen.state == Seen::State::failed) continue;
      (seen.state == Seen::State::running ? running : finished).push_back(&seen);
    }
    if (finished.size() < tpe_startup || attempt >= estimated) {
      return random_point(space(), seed(), number, attempt);
    }
    const GoodAndRest points = divided(std::move(finished), std::move(running));
    return best_candidate(points, search_draw(seed(), DrawFor::estimator, number, attempt));
  }

  // Where good points are much denser than the others: that maximises the expected improvement
  // (Bergstra et al. 2011, equation 14).
  Coordinates best_candidate(const GoodAndRest& points, Random random) const {
    const Parzen good(space(), points.good);
    const Parzen rest(space(), points.rest);
    Coordinates best;
    double best_ratio = 0;
    for (int i = 0; i < tpe_candidates; ++i) {
      Coordinates at = good.draw(random);
      const double ratio = good.log_density(at) - rest.log_density(at);
      if (best.empty() || ratio > best_ratio) {
        best = std::move(at);
        best_ratio = ratio;
      }
    }
    return best;
  }
};

}  // namespace

Searcher::~Searcher() = default;

std::unique_ptr<Searcher> grid_search(Space space) {
  return std::make_unique<Grid>(std::move(space));
}

std::unique_ptr<Searcher> random_search(Space space, std::uint64_t seed) {
  return std::make_unique<RandomSearch>(std::move(space), seed);
}

std::unique_ptr<Searcher> sobol_search(Space space, std::uint64_t seed) {
  return std::make_unique<Sobol>(std::move(space), seed);
}

std::unique_ptr<Searcher> tpe_search(Space space, std::uint64_t seed) {
  return std::make_unique<Tpe>(std::move(space), seed);
}

}  // namespace r50::sweep
