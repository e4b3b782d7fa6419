#include "sweep/forecast/rates.h"

#include <algorithm>

namespace r50::sweep {

bool has_run(const std::vector<Trial>& trials) {
  return std::any_of(trials.begin(), trials.end(), [](const Trial& trial) {
    return trial.state != TrialState::waiting || trial.seconds > 0;
  });
}

Rates::Rates(const std::vector<Trial>& trials, const std::vector<AtWork>& at_work,
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
    all_steps_.add(seconds, steps);
    by_kind_[what.kind].add(seconds, steps);
    if (what.seconds) against_others_.add(seconds, epochs * *what.seconds);
  }
}

double Rates::seconds_so_far(const Trial& trial) const {
  const auto now = at_work_.find(trial.number);
  return trial.seconds + (now == at_work_.end() ? 0 : now->second);
}

std::optional<double> Rates::epoch_seconds(const Trial& trial) const {
  const Makeup what = build_(trial);
  const auto steps = static_cast<double>(std::max<std::int64_t>(1, what.steps));
  if (const auto same = by_kind_.find(what.kind); same != by_kind_.end()) {
    if (const auto each = same->second.each()) return *each * steps;
  }
  if (what.seconds) return *what.seconds * against_others_.each().value_or(1);
  return what.kind.empty() ? usual_epoch_seconds() : std::nullopt;
}

std::optional<double> Rates::guessed_epoch_seconds(const Trial& trial) const {
  if (const auto known = epoch_seconds(trial)) return known;
  const auto step = all_steps_.each();
  if (!step) return std::nullopt;
  return *step * static_cast<double>(std::max<std::int64_t>(1, build_(trial).steps));
}

}  // namespace r50::sweep
