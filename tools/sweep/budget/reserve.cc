#include "sweep/budget/reserve.h"

#include <absl/strings/str_cat.h>
#include <algorithm>
#include <functional>
#include <numeric>
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
    const double use = use_of(limit, {*trial.seconds}, 1, price);
    least = std::min(least.value_or(use), use);
  }
  return least;
}

}  // namespace

double use_of(const Limit& limit, const std::vector<double>& seconds, int slots,
              double price_per_hour) {
  if (limit.dollars <= 0) return list_schedule(seconds, slots);
  return std::accumulate(seconds.begin(), seconds.end(), 0.0) / 3600 * price_per_hour;
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

std::optional<double> second_stage_use(const Limit& limit, const SweepCost& cost,
                                       double price_per_hour) {
  std::vector<double> seconds;
  for (const TrialCost& trial : cost.confirm) {
    if (!trial.seconds) return std::nullopt;
    seconds.push_back(*trial.seconds);
  }
  return use_of(limit, seconds, cost.slots, price_per_hour);
}

Limit without(Limit limit, double kept) {
  double& all = limit.dollars > 0 ? limit.dollars : limit.seconds;
  constexpr double nothing = 1e-9;  // still of its unit, which is the one that is not 0
  all = std::max(nothing, all - kept);
  return limit;
}

std::string second_stage_words(const SweepFile& sweep) {
  const auto counted = [](std::int64_t number, const char* word) {
    return absl::StrCat(number, " ", word, number == 1 ? "" : "s");
  };
  return counted(sweep.confirm.top, "point") + " with " + counted(sweep.confirm.seeds, "seed") +
         (sweep.confirm.top == 1 ? "" : " each");
}

void refuse_too_small(const Limit& limit, const SweepCost& cost, const SweepFile& sweep) {
  if (cost.confirm.empty()) return;
  const double price = sweep.launcher.price_per_hour;
  const auto second = second_stage_use(limit, cost, price);
  if (!second) return;
  const double all = limit.dollars > 0 ? limit.dollars : limit.seconds;
  const double first = cheapest(limit, cost, price).value_or(0);
  if (reserve_margin * *second + first <= all) return;
  throw WrongInput("The budget of " + limit.text + " does not pay for the second stage: " +
                   second_stage_words(sweep) + " take about " + use_text(limit, *second) +
                   (first > 0 ? ", a point of the first stage " + use_text(limit, first) : "") +
                   ". Take a larger budget, or less for [confirm] top or seeds, or take [confirm] "
                   "away: all of it then goes to the first stage.");
}

}  // namespace r50::sweep
