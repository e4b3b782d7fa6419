#include "sweep/budget/budget.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <queue>
#include <set>
#include <tuple>

#include "r50/error.h"
#include "sweep/forecast/forecast.h"
#include "sweep/search/searcher.h"
#include "sweep/search/space.h"

namespace r50::sweep {
namespace {

constexpr double forbearance = 1.05;
constexpr double rounding = 1 + 1e-9;

// A number for each point, by its coordinates: when the sequence meets it first.
std::map<Coordinates, std::size_t> met_by_sobol(const Space& space,
                                                const std::vector<Trial>& trials) {
  std::map<Coordinates, std::size_t> places;
  for (const Trial& trial : trials) {
    if (trial.at.size() == space.size()) places.emplace(comparable(trial.at), trials.size());
  }
  constexpr std::uint64_t seed = 1;  // of the scrambling: the same in every life of a controller
  const auto sequence = sobol_search(space, seed);
  const auto patience = static_cast<std::int64_t>(64 + 16 * places.size());
  std::size_t met = 0;
  for (std::int64_t index = 0; index < patience && met < places.size(); ++index) {
    const auto at = sequence->propose(index, 0, {});
    const auto found = at ? places.find(comparable(*at)) : places.end();
    if (found != places.end() && found->second == trials.size()) found->second = met++;
  }
  return places;
}

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

Budget::Budget(Limit limit, const SweepFile& sweep, MakeupOf build)
    : limit_(std::move(limit)), sweep_(sweep), build_(std::move(build)) {}

void Budget::review(const std::vector<Trial>& trials, const std::vector<AtWork>& at_work, int slots,
                    double now) {
  rates_.emplace(trials, at_work, build_);
  slots_ = std::max(1, slots);
  // A slot that has nothing to do still lets time pass, which the trials do not show.
  if (!first_look_) {
    first_look_ = now;
    used_before_ = rates_->spent() / slots_;
  }
  elapsed_ = std::max(rates_->spent() / slots_, used_before_ + now - *first_look_);
  promised_ = longest_ = 0;
  std::set<std::int64_t> running;
  for (const AtWork& one : at_work) running.insert(one.number);
  for (const Trial& trial : trials) {  // their numbers may have gaps
    if (running.count(trial.number) == 0) continue;
    const double left = still_to_run(trial, trial.until > 0 ? trial.until : trial.epochs);
    promised_ += left;
    longest_ = std::max(longest_, left);
  }
  reserve_ = make_reserve(sweep_, trials, confirm_, build_, *rates_);
  chosen_ = false;
  for (const Trial& trial : trials) {
    if (trial.stage != "confirm") continue;
    chosen_ = true;
    if (trial.follows()) later_runs_.insert(trial.leader);
  }
  if (order_.size() != trials.size()) order_ = budget_order(sweep_, trials);
}

// By its own pace once it has one. Until then an epoch under way counts as one that is nearly
// complete: what it has taken is not asked for a second time.
double Budget::still_to_run(const Trial& trial, std::int64_t until) const {
  const double so_far = rates_->seconds_so_far(trial);
  if (trial.done > 0) {
    return std::max(
        0.0, so_far / static_cast<double>(trial.done) * static_cast<double>(until - trial.done));
  }
  const auto epoch = rates_->epoch_seconds(trial);
  return epoch ? std::max(0.0, *epoch * static_cast<double>(until - trial.done) - so_far) : 0;
}

double Budget::used() const {
  if (limit_.dollars > 0) return rates_->spent() / 3600 * sweep_.launcher.price_per_hour;
  return elapsed_;
}

double Budget::allowed() const { return limit_.dollars > 0 ? limit_.dollars : limit_.seconds; }

// Money is used up by all slots together, time by each for itself: there, a trial that runs beside
// others ends when it alone has ended; and the second stage begins when all of them have.
bool Budget::fits_seconds(double seconds, double reserved) const {
  if (used() >= allowed()) return false;
  if (limit_.dollars <= 0) {
    const double until = reserved > 0 ? std::max(seconds, longest_) : seconds;
    return used() + until + reserved <= rounding * allowed();
  }
  return used() + (promised_ + seconds) / 3600 * sweep_.launcher.price_per_hour + reserved <=
         rounding * allowed();
}

bool Budget::fits(const Trial& trial, std::int64_t until) const {
  if (until <= trial.done) return true;  // only its result is to be written
  const auto epoch = rates_->epoch_seconds(trial);
  return fits_seconds(
      epoch ? *epoch * static_cast<double>(std::max<std::int64_t>(0, until - trial.done)) : 0,
      is_second_stage(trial) ? 0 : reserved());
}

double Budget::reserved() const {
  return reserve_.use(limit_, slots_, sweep_.launcher.price_per_hour);
}

bool Budget::is_second_stage(const Trial& trial) const {
  return trial.stage == "confirm" || later_runs_.count(trial.id) > 0;
}

std::string Budget::remark() {
  if (sweep_.confirm.top == 0 || reserve_.image_seconds || remarked_) return "";
  remarked_ = true;
  return "nothing is reserved for the second stage yet: no trial has ended, and no earlier run "
         "shows how long an image takes (r50sweep plan --calibrate measures it)";
}

bool Budget::fits_another(std::int64_t epochs) const {
  return fits_seconds(rates_->usual_epoch_seconds().value_or(0) * static_cast<double>(epochs),
                      reserved());
}

bool Budget::overdrawn() const { return rates_ && used() > forbearance * allowed(); }

std::string Budget::standing() const {
  return "used " + use_text(limit_, used()) + " of " + limit_.text;
}

std::string Budget::left_out(const std::vector<Trial>& trials) const {
  constexpr int named_at_most = 12;
  int waiting = 0, paused = 0;
  std::string names;
  for (const std::size_t place : order_) {
    const Trial& trial = trials[place];
    if (trial.is_merged_run()) continue;
    if (trial.state == TrialState::paused) ++paused;
    if (trial.state != TrialState::waiting) continue;
    if (++waiting > named_at_most) continue;
    absl::StrAppend(&names, "\n  ", trial.number, "  ", trial.id, "  ", trial.sets());
    if (trial.done > 0) {
      absl::StrAppendFormat(&names, "  (stands at epoch %d of %d)", trial.done, trial.epochs);
    }
  }
  if (waiting + paused == 0) return "";
  std::string text = "left out by the budget (" + standing() + "): ";
  if (waiting > 0) absl::StrAppend(&text, waiting, waiting == 1 ? " trial" : " trials");
  if (paused > 0) {
    absl::StrAppendFormat(&text, "%s%d paused at a rung and not promoted",
                          waiting > 0 ? ", and " : "", paused);
  }
  text += names;
  if (waiting > named_at_most) {
    absl::StrAppendFormat(&text, "\n  and %d more: r50sweep status", waiting - named_at_most);
  }
  if (sweep_.confirm.top > 0 && !chosen_ && waiting > 0) {
    text += "\nand so is the second stage: " + second_stage_words(sweep_);
  }
  return text + "\nwith a larger budget the same command runs them";
}

std::vector<std::size_t> budget_order(const SweepFile& sweep, const std::vector<Trial>& trials) {
  const bool grid = sweep.method == Method::grid || sweep.method == Method::lr_find;
  std::map<Coordinates, std::size_t> places;
  if (grid) places = met_by_sobol(sweep.parameters.space(), trials);
  const auto place = [&](const Trial& trial) {
    const auto found = places.find(comparable(trial.at));
    return found == places.end() ? trials.size() : found->second;
  };
  std::set<std::string> runs_of_second;
  for (const Trial& trial : trials) {
    if (trial.stage == "confirm" && trial.follows()) runs_of_second.insert(trial.leader);
  }
  const auto rank = [&](const Trial& trial) {
    if (trial.stage == "confirm" || runs_of_second.count(trial.id) > 0) return 0;
    return trial.stage.empty() ? 1 : 2;
  };
  std::vector<std::tuple<int, std::int64_t, std::size_t, std::size_t>> keys;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    keys.emplace_back(rank(trials[i]), trials[i].replicate, place(trials[i]), i);
  }
  std::ranges::sort(keys);
  std::vector<std::size_t> order;
  for (const auto& key : keys) order.push_back(std::get<3>(key));
  return order;
}

}  // namespace r50::sweep
