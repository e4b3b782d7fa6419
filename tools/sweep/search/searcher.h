#pragma once

// Which point a sweep tries next. A searcher keeps nothing: what it says is a pure function of the
// space, the seed, the trial's number and what is known so far. So a controller that was killed
// makes the same proposals again, and there is no state to lose.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "sweep/search/space.h"

namespace r50::sweep {

// A trial that has begun, in the order of their numbers.
struct Seen {
  enum class State { running, complete, stopped, failed };

  std::int64_t number = 0;
  Coordinates at;
  State state = State::running;  // paused at a rung: stopped, since its value so far is known
  double value = 0;              // smaller is better; of a stopped trial its latest; NaN is worst
  std::int64_t steps = 0;        // how far a stopped trial came: further is worth more than better
};

class Searcher {
 public:
  virtual ~Searcher();

  // The point of the trial of that number. `attempt` counts from 0: the caller asks again where it
  // has that very point already. Where a space has an end, each of its points comes up at some
  // attempt. Nothing: there are no further points; that comes after a bounded number of attempts.
  virtual std::optional<Coordinates> propose(std::int64_t number, std::int64_t attempt,
                                             const std::vector<Seen>& history) const = 0;

  // Whether a proposal depends on the history: such a sweep cannot be listed in advance.
  virtual bool adaptive() const { return false; }
};

// Every combination, the last dimension changing fastest; a dimension whose condition is not met
// does not multiply. Takes dimensions with an end only: choices, whole numbers, multiples of a
// step.
std::unique_ptr<Searcher> grid_search(Space space);
std::unique_ptr<Searcher> random_search(Space space, std::uint64_t seed);
// A scrambled Sobol sequence: random's independence, a grid's evenness. From the 65th dimension on
// it is random search.
std::unique_ptr<Searcher> sobol_search(Space space, std::uint64_t seed);
// Tree-structured Parzen estimator, multivariate; points still running count as bad ones (the
// "constant liar"), so that several workers do not all try the same place. The first 10 trials are
// those of random_search.
std::unique_ptr<Searcher> tpe_search(Space space, std::uint64_t seed);

}  // namespace r50::sweep
