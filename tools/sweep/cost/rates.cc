#include "sweep/cost/rates.h"

#include <algorithm>

namespace r50::sweep {

Rates::Rates(const std::vector<Trial>& trials, const std::vector<AtWork>& at_work,
             const MakeupOf& build)
    : build_(build) {
  for (const AtWork& one : at_work) at_work_[one.number] = one.seconds;
  for (const Trial& trial : trials) {
    const double seconds = seconds_so_far(trial);
    spent_ += seconds;
    if (trial.trained() <= 0 || seconds <= 0) continue;
    const Makeup what = build(trial);
    const auto epochs = static_cast<double>(trial.trained());
    all_.add(seconds, epochs);
    by_kind_[what.kind].add(seconds,
                            epochs * static_cast<double>(std::max<std::int64_t>(1, what.steps)));
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

}  // namespace r50::sweep
