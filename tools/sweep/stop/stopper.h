#pragma once

// Which trials are not worth going on with. Like a searcher, a stopper keeps nothing: it judges by
// what the trials have reported, so that a killed controller decides as it would have.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace r50::sweep {

struct Report {
  std::int64_t epoch = 0;  // after so many
  double value = 0;        // smaller is better; NaN is worst
};

struct Contender {
  enum class State { running, paused, finished, stopped, failed };

  std::int64_t number = 0;  // trials are listed in the order of their numbers
  State state = State::running;
  std::vector<Report> reports;
  std::int64_t until = 0;  // the epoch that it is running to, or is paused at
};

class Stopper {
 public:
  virtual ~Stopper();

  // How far a new trial of that number runs before it is judged; trials' last epoch: to their end.
  virtual std::int64_t first_until(std::int64_t number) const = 0;

  struct Promotion {
    std::int64_t number = 0, until = 0;
  };
  // The paused trial that is to go on next, from where it stands; nothing: start a new one.
  virtual std::optional<Promotion> promote(const std::vector<Contender>& all) const = 0;

  // Whether this running trial should end now for good.
  virtual bool ends(const Contender& one, const std::vector<Contender>& all) const = 0;

  // Whether a paused trial may still be promoted, once at most `to_come` new trials will be begun:
  // else its checkpoint is of no more use.
  virtual bool may_go_on(const Contender& one, const std::vector<Contender>& all,
                         std::int64_t to_come) const = 0;
};

struct Rungs {
  std::int64_t first = 1;  // epochs
  std::int64_t factor = 3;
  std::int64_t last = 1;  // the trials' own length
};

std::unique_ptr<Stopper> no_stopping(std::int64_t epochs);
// Asynchronous successive halving in its promotion form: a trial pauses at each rung, and the best
// 1/factor of those that have reached it go on.
std::unique_ptr<Stopper> asha(Rungs rungs);
// Several brackets of halving that begin at different rungs; trials are dealt to them in turn.
std::unique_ptr<Stopper> hyperband(Rungs rungs);
// Ends a trial whose best value so far is worse than the median of the others' means up to then.
std::unique_ptr<Stopper> median_rule(std::int64_t epochs, std::int64_t warmup_epochs,
                                     std::int64_t least_trials);

}  // namespace r50::sweep
