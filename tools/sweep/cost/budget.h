#pragma once

// Whether a sweep may begin a further trial. The controller asks before each start. What is used up
// comes from the trials themselves, so that it outlives every controller.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sweep/cost/limit.h"
#include "sweep/cost/rates.h"
#include "sweep/file/sweep_file.h"

namespace r50::sweep {

class Budget {
 public:
  Budget(Limit limit, const SweepFile& sweep, MakeupOf build);

  // How things stand: all trials, those that run, how many could run at a time, and the clock.
  void review(const std::vector<Trial>& trials, const std::vector<AtWork>& at_work, int slots,
              double now);

  // Of the latest review: whether what runs and this trial's way to `until` fit. As long as nobody
  // knows how long such a trial takes, it fits while anything is left.
  bool fits(const Trial& trial, std::int64_t until) const;
  // Whether one more like those known so far would, of a method that makes up its trials as it
  // goes.
  bool fits_another(std::int64_t epochs) const;

  // Trials that take longer than foretold may go over by a twentieth; then they are to save and
  // leave.
  bool overdrawn() const;

  // Places in the reviewed trials: the order in which waiting ones begin.
  const std::vector<std::size_t>& order() const { return order_; }

  // "used 3 h 10 min of 4h"
  std::string standing() const;
  // "left out by the budget (used ... of ...): 7 trials: 3 (x=1), ..."; empty if none is.
  std::string left_out(const std::vector<Trial>& trials) const;

 private:
  double used() const;     // seconds of the clock, or dollars
  double allowed() const;  // the same of the limit
  bool fits_seconds(double seconds) const;
  double still_to_run(const Trial& trial, std::int64_t until) const;

  Limit limit_;
  const SweepFile& sweep_;
  MakeupOf build_;
  std::optional<Rates> rates_;
  std::vector<std::size_t> order_;
  double promised_ = 0;  // seconds that running trials still need
  int slots_ = 1;
  std::optional<double> first_look_;
  double used_before_ = 0, elapsed_ = 0;
};

}  // namespace r50::sweep
