#include <absl/strings/str_format.h>

#include "config/toml_source.h"
#include "sweep/control/follow.h"
#include "sweep/control/settler.h"

namespace r50::sweep {
namespace {

// [checkpoint] metric of an experiment.
std::string metric_of_best(const std::string& resolved) {
  Problems problems;
  const auto file = config::parse_toml(resolved, "resolved.toml", problems);
  const Value* const table = file ? file->table()->find("checkpoint") : nullptr;
  const Value* const metric = table && table->table() ? table->table()->find("metric") : nullptr;
  return metric && metric->text() ? *metric->text() : "top1";
}

}  // namespace

bool Settler::serve_followers() {
  std::vector<Trial>& trials = board_.trials();
  std::map<std::string, const Trial*> runs;
  bool any = false;
  for (const Trial& trial : trials) {
    if (trial.is_merged_run()) runs[trial.id] = &trial;
  }
  for (Trial& trial : trials) {
    if (!trial.follows() || trial.over()) continue;
    const auto run = runs.find(trial.leader);
    if (run != runs.end() && !run->second->over()) continue;
    any = true;
    if (run != runs.end() && run->second->state == TrialState::finished) {
      follow(trial, *run->second);
      continue;
    }
    // That may be the merged run's own trouble, as memory for that many averages.
    trial.leader.clear();
    trial.in_run.clear();
    board_.parts.ledger.put(trial);
    board_.parts.tell(absl::StrFormat(
        "trial %s is trained by itself, since the run with the averages of several trials has "
        "failed",
        trial.id));
  }
  return any;
}

void Settler::follow(Trial& trial, const Trial& run) {
  const ControllerParts& parts = board_.parts;
  std::vector<std::string> words = trial.words;
  words.insert(words.end(), parts.words.begin(), parts.words.end());
  const std::string folder = board_.folder_of(trial), resolved = parts.explain(words);
  follow_run(parts.files, {trial.id, board_.folder_of(run), folder, trial.in_run,
                           metric_of_best(resolved), resolved});
  trial.builds = run.builds;
  trial.went_on = run.went_on;
  if (parts.files.exists(folder + "/result.json")) return settle(trial);
  // The run diverged, and with it each trial that is trained in it.
  trial.value = run.value;
  board_.change(trial, TrialState::finished, run.message);
}

}  // namespace r50::sweep
