#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include "sweep/search/by_chance.h"
#include "sweep/search/parzen.h"

namespace r50::sweep {
namespace {

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
  std::sort(finished.begin(), finished.end(), ranks_before);
  std::vector<const Seen*> good(finished.begin(),
                                finished.begin() + static_cast<std::ptrdiff_t>(best));
  std::vector<const Seen*> rest(finished.begin() + static_cast<std::ptrdiff_t>(best),
                                finished.end());
  rest.insert(rest.end(), running.begin(), running.end());
  const auto by_age = [](std::vector<const Seen*>& trials) {
    std::sort(trials.begin(), trials.end(),
              [](const Seen* a, const Seen* b) { return a->number < b->number; });
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

std::unique_ptr<Searcher> tpe_search(Space space, std::uint64_t seed) {
  return std::make_unique<Tpe>(std::move(space), seed);
}

}  // namespace r50::sweep
