#pragma once

// Whether a sweep may begin a further trial. The controller asks before each start. What is used up
// comes from the trials themselves, so that it outlives every controller. A trial of the first
// stage begins only where it leaves untouched what is reserved for the second.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sweep/file/sweep_file.h"
#include "sweep/forecast/forecast.h"

namespace r50::sweep {

// What a budget reserves for the second stage, which gives the verdict. One rule:
//
//   reserve = 1.05 x top x seeds x training images of a run under [confirm] set
//                  x the slowest trial's seconds per training image
//
// of all slots together: a budget of hours divides it among them. Where no time has been seen,
// nothing is reserved.
struct Reserve {
  std::int64_t runs = 0;                // top x seeds
  double images = 0;                    // of one run
  std::optional<double> image_seconds;  // of the slowest trial; none: no time has been seen

  double run_seconds() const { return images * image_seconds.value_or(0); }
  // In the limit's own unit, dollars or seconds of the clock. 0: nothing is reserved.
  double use(const Limit& limit, int slots, double price_per_hour) const;
};

// `confirm`: trials that stand for the second stage's (check_confirm); the longest counts. Before a
// trial of the sweep has ended, the slowest of earlier runs counts.
Reserve make_reserve(const SweepFile& sweep, const std::vector<Trial>& trials,
                     const std::vector<Trial>& confirm, const MakeupOf& build,
                     const TrialRates& rates);

// Which of the trials fit, in the order in which they begin: places in `trials`.
std::vector<std::size_t> within(const Limit& limit, const SweepCost& cost, double price_per_hour);

// The limit without what is reserved.
Limit without(Limit limit, double reserved);

// Throws WrongInput, with what to change, if the reserve leaves nothing for the first stage. Where
// what either takes is unknown, it is not refused.
void refuse_too_small(const Limit& limit, const Reserve& reserve, const SweepCost& cost,
                      const SweepFile& sweep);

// "3 points with 3 seeds each"
std::string second_stage_words(const SweepFile& sweep);

// The order in which trials begin where the budget may not last for all: places in `trials`. One
// seed of each point comes before second seeds. A grid's points come as a Sobol sequence meets
// them, so that those begun so far lie evenly in the grid at any time. Other methods have an order
// of their own, and a list is in its user's. The second stage, once it is chosen, is the first: it
// makes the verdict.
std::vector<std::size_t> budget_order(const SweepFile& sweep, const std::vector<Trial>& trials);

class Budget {
 public:
  Budget(Limit limit, const SweepFile& sweep, MakeupOf build);

  // Trials that stand for the second stage's; without them nothing is reserved.
  void expect_second_stage(std::vector<Trial> confirm) { confirm_ = std::move(confirm); }

  const Limit& limit() const { return limit_; }

  // How things stand: all trials, those that run, how many could run at a time, and the clock.
  void review(const std::vector<Trial>& trials, const std::vector<AtWork>& at_work, int slots,
              double now);

  // Of the latest review: whether what runs and this trial's way to `until` fit. As long as it is
  // not known how long such a trial takes, it fits while anything is left.
  bool fits(const Trial& trial, std::int64_t until) const;
  // Whether one more like those known so far would, of a method that makes up its trials as it
  // goes.
  bool fits_another(std::int64_t epochs) const;

  // Trials that take longer than estimated may exceed it by a twentieth; then they are to save and
  // leave.
  bool overdrawn() const;

  // Whether the second stage may be chosen though trials of the first are left out: what is left
  // pays for one of its trials at least.
  bool second_stage_fits() const { return fits_seconds(reserve_.run_seconds()); }
  // What a user should know of the reserve; once, else empty.
  std::string remark();

  // Places in the reviewed trials: the order in which waiting ones begin.
  const std::vector<std::size_t>& order() const { return order_; }

  // "used 3 h 10 min of 4h"
  std::string standing() const;
  // "left out by the budget (used ... of ...): 7 trials: 3 (x=1), ..."; empty if none is. And the
  // second stage, where it was not come to.
  std::string left_out(const std::vector<Trial>& trials) const;

 private:
  double used() const;     // seconds of the clock, or dollars
  double allowed() const;  // the same of the limit
  bool fits_seconds(double seconds, double reserved = 0) const;
  double reserved() const;  // the same unit as used()
  bool is_second_stage(const Trial& trial) const;
  double still_to_run(const Trial& trial, std::int64_t until) const;

  Limit limit_;
  const SweepFile& sweep_;
  MakeupOf build_;
  std::optional<TrialRates> rates_;
  std::vector<std::size_t> order_;
  std::vector<Trial> confirm_;
  Reserve reserve_;
  double promised_ = 0;               // seconds that running trials still need
  double longest_ = 0;                // the most that any of them does
  std::set<std::string> later_runs_;  // merged runs of the second stage
  bool chosen_ = false;               // the second stage is
  bool remarked_ = false;
  int slots_ = 1;
  std::optional<double> first_look_;
  double used_before_ = 0, elapsed_ = 0;
};

}  // namespace r50::sweep
