#include "sweep/forecast/forecast.h"

#include <absl/strings/str_format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <queue>

#include "report/format.h"
#include "sweep/stop/halving.h"
#include "sweep/stop/stopper.h"

namespace r50::sweep {
namespace {

using Take = std::optional<double> TrialCost::*;

std::optional<std::vector<double>> all_of(const std::vector<TrialCost>& trials, Take take) {
  std::vector<double> numbers;
  for (const TrialCost& trial : trials) {
    if (!(trial.*take)) return std::nullopt;
    numbers.push_back(*(trial.*take));
  }
  return numbers;
}

double sum_of(const std::vector<double>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0);
}

double sum_of_largest(std::vector<double> numbers, std::size_t count) {
  std::sort(numbers.rbegin(), numbers.rend());
  numbers.resize(std::min(count, numbers.size()));
  return sum_of(numbers);
}

std::optional<double> stage_disk(const std::vector<TrialCost>& trials, std::size_t slots,
                                 std::size_t resting) {
  const auto running = all_of(trials, &TrialCost::bytes_running);
  const auto rest = all_of(trials, &TrialCost::bytes_resting);
  if (!running || !rest) return std::nullopt;
  const std::size_t others = trials.size() - std::min(trials.size(), slots);
  return sum_of_largest(*running, slots) + sum_of_largest(*rest, std::min(others, resting));
}

bool has_rungs(const SweepFile& sweep) {
  return sweep.stop.type == StopRule::asha || sweep.stop.type == StopRule::hyperband;
}

double epochs_of(const std::vector<TrialCost>& trials) {
  double sum = 0;
  for (const TrialCost& trial : trials) sum += trial.epochs;
  return sum;
}

// Of the first stage's epochs, the share that the stopper's rungs let be trained.
double share_expected(const SweepCost& cost, const SweepFile& sweep) {
  std::int64_t longest = 1;
  for (const TrialCost& trial : cost.trials) {
    longest = std::max(longest, static_cast<std::int64_t>(trial.epochs));
  }
  const auto count = static_cast<std::int64_t>(cost.trials.size());
  if (count == 0) return 1;
  return expected_epochs(sweep.stop, count, longest) / static_cast<double>(count * longest);
}

std::string counted(double number, const std::string& word) {
  return report::brief(number) + " " + word + (number == 1 ? "" : "s");
}

std::string bytes_text(double bytes) {
  return bytes >= 1e9 ? absl::StrFormat("%.1f GB", bytes / 1e9)
                      : absl::StrFormat("%.0f MB", bytes / 1e6);
}

std::string money_text(double seconds, double price) {
  return absl::StrFormat(", $%.2f", seconds / 3600 * price);
}

// Every trial comes to the first rung, one in `factor` of those to the next.
double epochs_of_bracket(const Halving& ladder, double trials) {
  double sum = 0, there = trials;
  std::int64_t before = 0;
  for (const std::int64_t stop : ladder.stops()) {
    sum += there * static_cast<double>(stop - before);
    before = stop;
    // A sweep of few trials still brings one to its end.
    there = std::max(std::min(1.0, there), there / static_cast<double>(ladder.factor()));
  }
  return sum;
}

}  // namespace

std::optional<double> slot_seconds(const SweepCost& cost) {
  const auto first = all_of(cost.trials, &TrialCost::seconds);
  const auto second = all_of(cost.confirm, &TrialCost::seconds);
  if (!first || !second) return std::nullopt;
  return sum_of(*first) + sum_of(*second);
}

std::optional<double> wall_seconds(const SweepCost& cost) {
  const auto first = all_of(cost.trials, &TrialCost::seconds);
  const auto second = all_of(cost.confirm, &TrialCost::seconds);
  if (!first || !second) return std::nullopt;
  return list_schedule(*first, cost.slots) + list_schedule(*second, cost.slots);
}

std::optional<double> disk_peak(const SweepCost& cost, const SweepFile& sweep) {
  const auto slots = static_cast<std::size_t>(std::max(1, cost.slots));
  const auto kept = static_cast<std::size_t>(sweep.keep.best);
  const auto first = stage_disk(cost.trials, slots, has_rungs(sweep) ? cost.trials.size() : kept);
  if (cost.confirm.empty() || !first) return first;
  const auto second = stage_disk(cost.confirm, slots, kept);
  if (!second) return std::nullopt;
  std::vector<double> before = *all_of(cost.trials, &TrialCost::bytes_resting);
  const std::size_t from_confirm = std::min(kept, cost.confirm.size());
  return std::max(*first, *second + sum_of_largest(std::move(before), kept - from_confirm));
}

std::string cost_sentence(const SweepCost& cost, const SweepFile& sweep) {
  const bool early = sweep.stop.type != StopRule::none;
  const char* const most = early || cost.longest ? " at most" : "";
  const auto runs = static_cast<double>(cost.trials.size());
  std::string text = cost.merged > 0 ? report::brief(runs + static_cast<double>(cost.merged)) +
                                           " trials in " + counted(runs, "run")
                                     : counted(runs, "trial");
  text += ", " + counted(epochs_of(cost.trials), "epoch") + most;
  if (!cost.confirm.empty()) {
    absl::StrAppendFormat(&text, ", then %d of the second stage, %s", cost.confirm.size(),
                          counted(epochs_of(cost.confirm), "epoch"));
  }
  const auto wall = wall_seconds(cost), slots = slot_seconds(cost);
  if (!wall || !slots) return text + "; how long they take is unknown";
  const double price = sweep.launcher.price_per_hour;
  text += ": " + report::duration(*wall) + most + " on " + counted(cost.slots, "slot");
  if (const auto disk = disk_peak(cost, sweep)) {
    text += ", " + bytes_text(*disk) + " of disk at the peak";
  }
  if (price > 0) text += money_text(*slots, price);
  if (has_rungs(sweep)) {
    const double share = share_expected(cost, sweep);
    const double first = sum_of(*all_of(cost.trials, &TrialCost::seconds));
    const double second = *slots - first;
    const double seconds = share * first + second;
    text += "; if all goes by the rungs, about " +
            counted(share * epochs_of(cost.trials) + epochs_of(cost.confirm), "epoch") + ", " +
            report::duration(std::min(*wall, seconds / std::max(1, cost.slots)));
    if (price > 0) text += money_text(seconds, price);
  }
  return text;
}

std::string remaining_sentence(const std::vector<Trial>& trials, const SweepFile& sweep,
                               int slots) {
  const MakeupOf all_alike = [](const Trial&) { return Makeup{}; };
  const auto epoch = TrialRates(trials, {}, all_alike).usual_epoch_seconds();
  if (!epoch) return "";
  std::vector<double> seconds;
  for (const Trial& trial : trials) {
    if (trial.over()) continue;
    const std::int64_t left = std::max<std::int64_t>(0, trial.epochs - trial.done);
    seconds.push_back(*epoch * static_cast<double>(left));
  }
  if (seconds.empty()) return "";
  // Most of what is paused at a rung will never be promoted.
  return absl::StrFormat(
      "%sabout %s left on %d %s", sweep.stop.type == StopRule::none ? "" : "at most ",
      report::duration(list_schedule(seconds, slots)), slots, slots == 1 ? "slot" : "slots");
}

double list_schedule(const std::vector<double>& seconds, int slots) {
  std::priority_queue<double, std::vector<double>, std::greater<>> free_at;
  for (int i = 0; i < std::max(1, slots); ++i) free_at.push(0);
  double end = 0;
  for (const double one : seconds) {
    const double ends = free_at.top() + one;
    free_at.pop();
    free_at.push(ends);
    end = std::max(end, ends);
  }
  return end;
}

double expected_epochs(const StopTable& stop, std::int64_t trials, std::int64_t epochs) {
  const Rungs rungs{stop.min_iter, stop.eta, epochs};
  const Halving ladder(rungs);
  if (stop.type == StopRule::asha) return epochs_of_bracket(ladder, static_cast<double>(trials));
  if (stop.type != StopRule::hyperband) return static_cast<double>(trials * epochs);
  // Which bracket a trial belongs to, its stopper knows by its number.
  const auto stopper = hyperband(rungs);
  double sum = 0;
  for (const std::int64_t first : ladder.stops()) {
    std::int64_t here = 0;
    for (std::int64_t number = 0; number < trials; ++number) {
      here += stopper->first_until(number) == first ? 1 : 0;
    }
    sum += epochs_of_bracket(Halving({first, stop.eta, epochs}), static_cast<double>(here));
  }
  return sum;
}

bool has_run(const std::vector<Trial>& trials) {
  return std::ranges::any_of(trials, [](const Trial& trial) {
    return trial.state != TrialState::waiting || trial.seconds > 0;
  });
}

TrialRates::TrialRates(const std::vector<Trial>& trials, const std::vector<AtWork>& at_work,
                       const MakeupOf& build)
    : build_(build) {
  for (const AtWork& one : at_work) at_work_[one.number] = one.seconds;
  for (const Trial& trial : trials) {
    const double seconds = seconds_so_far(trial);
    spent_ += seconds;
    if (trial.done <= 0 || seconds <= 0) continue;
    const Makeup what = build(trial);
    const auto epochs = static_cast<double>(trial.done);
    all_.add(seconds, epochs);
    const double steps = epochs * static_cast<double>(std::max<std::int64_t>(1, what.steps));
    by_kind_[what.kind].add(seconds, steps);
    const bool under_way = trial.state == TrialState::running || trial.state == TrialState::waiting;
    if (!under_way) {
      slowest_image_ =
          std::max(slowest_image_.value_or(0), seconds / (epochs * std::max(1.0, what.images)));
    }
    if (what.seconds) against_others_.add(seconds, epochs * *what.seconds);
  }
}

double TrialRates::seconds_so_far(const Trial& trial) const {
  const auto now = at_work_.find(trial.number);
  return trial.seconds + (now == at_work_.end() ? 0 : now->second);
}

std::optional<double> TrialRates::epoch_seconds(const Trial& trial) const {
  const Makeup what = build_(trial);
  const auto steps = static_cast<double>(std::max<std::int64_t>(1, what.steps));
  if (const auto same = by_kind_.find(what.kind); same != by_kind_.end()) {
    if (const auto each = same->second.each()) return *each * steps;
  }
  if (what.seconds) return *what.seconds * against_others_.each().value_or(1);
  return what.kind.empty() ? usual_epoch_seconds() : std::nullopt;
}

}  // namespace r50::sweep
