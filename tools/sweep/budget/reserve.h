#pragma once

// What a budget keeps back for the second stage, which makes the verdict: money that the first is
// not to spend.

#include <optional>
#include <string>
#include <vector>

#include "sweep/file/limit.h"
#include "sweep/file/sweep_file.h"
#include "sweep/forecast/forecast.h"

namespace r50::sweep {

// More than the estimate is kept back, so that the last trial is not left out for a minute's sake.
inline constexpr double reserve_margin = 1.05;

// What the second stage uses up of the limit; nothing where that is unknown.
std::optional<double> second_stage_use(const Limit& limit, const SweepCost& cost,
                                       double price_per_hour);

// What such trials use up of a limit, in its own unit: dollars, or seconds of the clock.
double use_of(const Limit& limit, const std::vector<double>& seconds, int slots,
              double price_per_hour);

// Which of the trials fit, in the order in which they begin: places in `trials`.
std::vector<std::size_t> within(const Limit& limit, const SweepCost& cost, double price_per_hour);

// The limit without what is kept back.
Limit without(Limit limit, double kept);

// Throws WrongInput, with what to change, if the second stage leaves nothing for the first. Where
// what either takes is unknown, it is not refused.
void refuse_too_small(const Limit& limit, const SweepCost& cost, const SweepFile& sweep);

// "3 points with 3 seeds each"
std::string second_stage_words(const SweepFile& sweep);

}  // namespace r50::sweep
