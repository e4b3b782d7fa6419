#pragma once

// What a budget reserves for the second stage, which gives the verdict. One rule:
//
//   reserve = 1.05 x top x seeds x training images of a run under [confirm] set
//                  x the slowest trial's seconds per training image
//
// of all slots together: a budget of hours divides it among them. Where no time has been seen,
// nothing is reserved.

#include <optional>
#include <string>
#include <vector>

#include "sweep/file/limit.h"
#include "sweep/file/sweep_file.h"
#include "sweep/forecast/forecast.h"
#include "sweep/forecast/rates.h"

namespace r50::sweep {

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

}  // namespace r50::sweep
