#include "sweep/forecast/rates.h"

#include <algorithm>

namespace r50::sweep {

bool has_run(const std::vector<Trial>& trials) {
  return std::any_of(trials.begin(), trials.end(), [](const Trial& trial) {
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
