#include "sweep/control/controller.h"

#include <absl/strings/str_cat.h>

#include <cmath>
#include <limits>

#include "sweep/trial/trial_folder.h"

namespace r50::sweep {

void Checkpoints::keep_the_best() {
  const ControllerParts& parts = board_.parts;
  std::vector<Trial>& trials = board_.trials();
  give_up_hopeless();
  std::vector<const Trial*> finished;
  for (const Trial& trial : trials) {
    if (trial.state == TrialState::stopped) forget(trial);
    if (trial.state == TrialState::finished && !trial.is_merged_run()) finished.push_back(&trial);
  }
  const auto kept = static_cast<std::size_t>(parts.sweep.keep.best);
  if (finished.size() <= kept) return;
  const double sign = parts.sweep.maximize() ? -1 : 1;
  const auto worth = [&](const Trial* trial) {
    const double value = sign * trial->value.value_or(std::nan(""));
    return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
  };
  std::stable_sort(finished.begin(), finished.end(),
                   [&](const Trial* a, const Trial* b) { return worth(a) < worth(b); });
  for (std::size_t i = kept; i < finished.size(); ++i) forget(*finished[i]);
  // A merged run's are those of all its trials: they stay for the best, and for those not done.
  std::set<std::string> wanted;
  for (std::size_t i = 0; i < kept; ++i) wanted.insert(finished[i]->leader);
  for (const Trial& trial : trials) {
    if (!trial.over()) wanted.insert(trial.leader);
  }
  for (const Trial& trial : trials) {
    const bool done = trial.is_merged_run() && trial.state == TrialState::finished;
    if (done && wanted.count(trial.id) == 0) forget(trial);
  }
}

// Trials at a rung that no later result can promote.
void Checkpoints::give_up_hopeless() {
  if (!board_.stopper) return;
  const std::vector<Trial>& trials = board_.trials();
  const auto waiting = std::count_if(trials.begin(), trials.end(), [](const Trial& trial) {
    return trial.state == TrialState::waiting;
  });
  const auto begun = static_cast<std::int64_t>(trials.size());
  const bool endless = board_.parts.roster.adaptive() && !board_.exhausted;
  const std::int64_t new_ones =
      endless ? std::max<std::int64_t>(0, board_.parts.sweep.run_cap - begun) : 0;
  for (const std::int64_t number :
       board_.stopper->hopeless(board_.contenders(), waiting + new_ones)) {
    Trial& trial = board_.parts.roster.trial(number);
    if (trial.state != TrialState::paused) continue;
    board_.change(trial, TrialState::stopped,
                  absl::StrCat("not among the best at epoch ", trial.done));
  }
}

// Files in the trial's own folder, by their ending, and no others.
void Checkpoints::forget(const Trial& trial) {
  if (!forgotten_.insert(trial.number).second) return;
  for (const std::string& file : checkpoint_files(board_.parts.files, board_.folder_of(trial))) {
    board_.parts.files.remove(file);
  }
}

}  // namespace r50::sweep
