#pragma once

// Successive halving among the trials of one bracket. Pure functions of what was reported.

#include "sweep/stop/stopper.h"

namespace r50::sweep {

using Bracket = std::vector<const Contender*>;  // in the order of their numbers

class Halving {
 public:
  explicit Halving(Rungs rungs);

  std::int64_t first_until() const { return stops_.front(); }
  std::int64_t last() const { return stops_.back(); }
  std::int64_t rung_at(std::int64_t epoch) const;
  std::int64_t factor() const { return factor_; }
  // The epochs of the rungs, then the trials' last.
  const std::vector<std::int64_t>& stops() const { return stops_; }

  std::optional<Stopper::Promotion> promote(const Bracket& all) const;
  std::optional<Stopper::Promotion> promote_at_end(const Bracket& all) const;
  // With `keep_reserve` also those count as promising that promote_at_end could take.
  std::vector<const Contender*> hopeless(const Bracket& all, std::int64_t to_come,
                                         bool keep_reserve) const;
  bool has_result(const Contender& trial) const;  // at the last epoch, and it is a number

 private:
  struct Place {
    double value = 0;
    const Contender* trial = nullptr;
  };
  using Standing = std::vector<Place>;  // best first
  struct Outlook {                      // of each rung
    std::vector<Standing> standings;
    std::vector<std::int64_t> going_on;
  };

  Standing standing_at(std::size_t rung, const Bracket& all) const;
  bool is_paused_at(std::size_t rung, const Contender& trial) const;
  // The best `factor` of a rung: if all that were resumed fail or diverge, one of these may still
  // be the sweep's result. A trial that once falls behind that place never comes back to it.
  bool is_reserve(const Standing& standing, std::size_t place, std::size_t rung) const;
  Outlook outlook(const Bracket& all, std::int64_t to_come) const;

  std::int64_t factor_;
  std::vector<std::int64_t> stops_;
};

}  // namespace r50::sweep
