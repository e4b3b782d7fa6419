#pragma once

// Which trials are not worth more epochs. Like a searcher, a stopper keeps nothing: it judges by
// what the trials have reported, so that a killed controller decides as it would have.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace r50::sweep {

struct EpochValue {
  std::int64_t epoch = 0;  // epochs done
  double value = 0;        // smaller is better; NaN is worst
};

struct Contender {
  // A paused trial whose checkpoint is given up becomes `stopped`: it keeps its place among those
  // that reached a rung, but is never resumed.
  enum class State { running, paused, finished, stopped, failed };

  std::int64_t number = 0;  // trials are listed in the order of their numbers
  State state = State::running;
  std::vector<EpochValue> reports;  // their epochs rising
  std::int64_t until = 0;           // the epoch that it is running to, or is paused at
};

class Stopper {
 public:
  virtual ~Stopper();

  // How far a new trial of that number runs before it is judged; trials' last epoch: to their end.
  virtual std::int64_t first_until(std::int64_t number) const = 0;
  // The last epoch up to there at which a trial of that number is judged; 0: there is none.
  virtual std::int64_t rung_at(std::int64_t /*number*/, std::int64_t /*epoch*/) const { return 0; }

  struct Promotion {
    std::int64_t number = 0, until = 0;
  };
  // The paused trial to resume next, from where it stands; nothing: start a new one.
  virtual std::optional<Promotion> promote(const std::vector<Contender>&) const {
    return std::nullopt;
  }

  // Asked where nothing runs, promote() has nothing and no new trial is to begin: a sweep of few
  // trials, or one whose best diverged, would end without a single whole trial. So, until one has a
  // number to show at the last epoch, the best of the farthest is resumed.
  virtual std::optional<Promotion> promote_at_end(const std::vector<Contender>&) const {
    return std::nullopt;
  }

  // Whether this running trial should end now for good.
  virtual bool ends(const Contender&, const std::vector<Contender>&) const { return false; }

  // The paused trials that can no more be promoted, once at most `to_come` new trials will be
  // begun, with the numbers after the last of `all` (a failed one that is begun again counts as
  // new): their checkpoints are of no more use. In here are only those that no future can promote,
  // unless another trial brings some to a rung that they have not been promoted to.
  virtual std::vector<std::int64_t> hopeless(const std::vector<Contender>&,
                                             std::int64_t /*to_come*/) const {
    return {};
  }
};

struct Rungs {
  std::int64_t first = 1;  // epochs
  std::int64_t factor = 3;
  std::int64_t last = 1;  // the trials' own length
};

std::unique_ptr<Stopper> no_stopping(std::int64_t epochs);
// Asynchronous successive halving in its promotion form (Li et al. 2020): a trial pauses at each
// rung, and the best 1/factor of those that have reached it are resumed. No trial waits for a
// straggler. A trial without a report up to a rung counts there as NaN, and NaN is never resumed.
std::unique_ptr<Stopper> asha(Rungs rungs);
// Several brackets of halving that begin at different rungs; trials are dealt to them by their
// number, as many to each as Hyperband would (Li et al. 2018).
std::unique_ptr<Stopper> hyperband(Rungs rungs);
// Ends a trial whose best value so far is worse than the median of the others' means up to then
// (Golovin et al. 2017), of those that came as far; not in the first `warmup_epochs`, nor while
// fewer than `least_trials` others came as far.
std::unique_ptr<Stopper> median_rule(std::int64_t epochs, std::int64_t warmup_epochs,
                                     std::int64_t least_trials);

}  // namespace r50::sweep
