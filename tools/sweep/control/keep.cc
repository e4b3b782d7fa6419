#include <algorithm>
#include <cmath>
#include <limits>

#include "sweep/control/controller.h"

namespace r50::sweep {

// [keep] best: the checkpoints of the best trials stay, and of those that may still go on. A trial
// that fails keeps its own, since it may be run again by hand.
void Controller::keep_the_best() {
  std::vector<Trial>& trials = parts_.roster.trials();
  if (stopper_) {
    const auto waiting = std::count_if(trials.begin(), trials.end(), [](const Trial& trial) {
      return trial.state == TrialState::waiting;
    });
    const auto begun = static_cast<std::int64_t>(trials.size());
    const bool endless = parts_.roster.adaptive() && !exhausted_;
    const std::int64_t new_ones =
        endless ? std::max<std::int64_t>(0, parts_.sweep.run_cap - begun) : 0;
    for (const std::int64_t number : stopper_->hopeless(contenders(), waiting + new_ones)) {
      Trial& trial = parts_.roster.trial(number);
      if (trial.state != TrialState::paused) continue;
      change(trial, TrialState::stopped,
             "not among the best at epoch " + std::to_string(trial.done));
    }
  }
  std::vector<const Trial*> finished;
  for (const Trial& trial : trials) {
    if (trial.state == TrialState::stopped) forget_checkpoints(trial);
    if (trial.state == TrialState::finished && !trial.is_merged_run()) finished.push_back(&trial);
  }
  const auto kept = static_cast<std::size_t>(parts_.sweep.keep.best);
  if (finished.size() <= kept) return;
  const double sign = parts_.sweep.maximize() ? -1 : 1;
  const auto worth = [&](const Trial* trial) {
    const double value = sign * trial->value.value_or(std::nan(""));
    return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
  };
  std::stable_sort(finished.begin(), finished.end(),
                   [&](const Trial* a, const Trial* b) { return worth(a) < worth(b); });
  for (std::size_t i = kept; i < finished.size(); ++i) forget_checkpoints(*finished[i]);
  // A merged run's are those of all its trials: they stay for the best, and for who is not done.
  std::set<std::string> wanted;
  for (std::size_t i = 0; i < kept; ++i) wanted.insert(finished[i]->leader);
  for (const Trial& trial : trials) {
    if (!trial.over()) wanted.insert(trial.leader);
  }
  for (const Trial& trial : trials) {
    const bool done = trial.is_merged_run() && trial.state == TrialState::finished;
    if (done && wanted.count(trial.id) == 0) forget_checkpoints(trial);
  }
}

// Files in the trial's own folder, by their ending, and no others.
void Controller::forget_checkpoints(const Trial& trial) {
  if (!forgotten_.insert(trial.number).second) return;
  const std::string folder = folder_of(trial) + "/checkpoints";
  if (!parts_.files.exists(folder)) return;
  for (const std::string& name : parts_.files.list(folder)) {
    if (name.size() > 3 && name.compare(name.size() - 3, 3, ".pt") == 0) {
      parts_.files.remove(folder + "/" + name);
    }
  }
}

}  // namespace r50::sweep
