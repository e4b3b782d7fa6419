#include "sweep/budget/budget.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <algorithm>
#include <functional>
#include <queue>

#include "r50/error.h"
#include "sweep/forecast/forecast.h"

namespace r50::sweep {
namespace {

// The least that the first stage must have to try one point. At the first rung it has a value, but
// only at its end a result.
std::optional<double> cheapest(const Limit& limit, const SweepCost& cost, double price) {
  std::optional<double> least;
  for (const TrialCost& trial : cost.trials) {
    if (!trial.seconds) return std::nullopt;
    const double use = limit.dollars > 0 ? *trial.seconds / 3600 * price : *trial.seconds;
    least = std::min(least.value_or(use), use);
  }
  return least;
}

}  // namespace

double Reserve::use(const Limit& limit, int slots, double price_per_hour) const {
  // More than the estimate, so that the last trial is not left out for a minute's sake.
  constexpr double margin = 1.05;
  const double seconds = margin * static_cast<double>(runs) * run_seconds();
  return limit.dollars > 0 ? seconds / 3600 * price_per_hour : seconds / std::max(1, slots);
}

Reserve make_reserve(const SweepFile& sweep, const std::vector<Trial>& trials,
                     const std::vector<Trial>& confirm, const MakeupOf& build,
                     const TrialRates& rates) {
  Reserve reserve{sweep.confirm.top * sweep.confirm.seeds, 0, rates.slowest_image()};
  for (const Trial& trial : confirm) {
    reserve.images =
        std::max(reserve.images, static_cast<double>(trial.epochs) * build(trial).images);
  }
  if (reserve.image_seconds) return reserve;
  for (const Trial& trial : trials) {
    const Makeup what = build(trial);
    if (!what.seconds) continue;
    reserve.image_seconds =
        std::max(reserve.image_seconds.value_or(0), *what.seconds / std::max(1.0, what.images));
  }
  return reserve;
}

std::vector<std::size_t> within(const Limit& limit, const SweepCost& cost, double price_per_hour) {
  std::vector<std::size_t> fit;
  std::priority_queue<double, std::vector<double>, std::greater<>> free_at;
  for (int i = 0; i < std::max(1, cost.slots); ++i) free_at.push(0);
  double spent = 0;
  for (std::size_t i = 0; i < cost.trials.size(); ++i) {
    const double seconds = cost.trials[i].seconds.value_or(0);
    const bool fits = limit.dollars > 0 ? (spent + seconds) / 3600 * price_per_hour <= limit.dollars
                                        : free_at.top() + seconds <= limit.seconds;
    if (!fits) continue;
    spent += seconds;
    free_at.push(free_at.top() + seconds);
    free_at.pop();
    fit.push_back(i);
  }
  return fit;
}

Limit without(Limit limit, double reserved) {
  double& all = limit.dollars > 0 ? limit.dollars : limit.seconds;
  constexpr double nothing = 1e-9;  // still of its unit, which is the one that is not 0
  all = std::max(nothing, all - reserved);
  return limit;
}

std::string second_stage_words(const SweepFile& sweep) {
  const auto counted = [](std::int64_t number, const char* word) {
    return absl::StrCat(number, " ", word, number == 1 ? "" : "s");
  };
  return counted(sweep.confirm.top, "point") + " with " + counted(sweep.confirm.seeds, "seed") +
         (sweep.confirm.top == 1 ? "" : " each");
}

void refuse_too_small(const Limit& limit, const Reserve& reserve, const SweepCost& cost,
                      const SweepFile& sweep) {
  const double price = sweep.launcher.price_per_hour;
  const double reserved = reserve.use(limit, cost.slots, price);
  if (reserved <= 0) return;
  const double all = limit.dollars > 0 ? limit.dollars : limit.seconds;
  const double first = cheapest(limit, cost, price).value_or(0);
  if (reserved + first <= all) return;
  throw WrongInput(absl::StrFormat(
      "The budget of %s does not pay for the second stage: for %s, %s is reserved%s. Take a larger "
      "budget, or less for [confirm] top or seeds, or take [confirm] away: all of it then goes to "
      "the first stage.",
      limit.text, second_stage_words(sweep), use_text(limit, reserved),
      first > 0 ? ", and a point of the first stage takes " + use_text(limit, first) : ""));
}

}  // namespace r50::sweep
