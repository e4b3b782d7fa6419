#include <map>

#include "config/toml_source.h"
#include "sweep/control/controller.h"
#include "sweep/control/follow.h"

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

// Trials whose merged run is over: they are over with it, or train by themselves. True: some were.
bool Controller::serve_followers() {
  std::vector<Trial>& trials = parts_.roster.trials();
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
    // That may be the merged run's own trouble, as memory for so many averages.
    trial.leader.clear();
    trial.in_run.clear();
    parts_.ledger.put(trial);
    parts_.tell("trial " + trial.id +
                " is trained by itself, since the run with the averages of "
                "several trials has failed");
  }
  return any;
}

void Controller::follow(Trial& trial, const Trial& run) {
  std::vector<std::string> words = trial.words;
  words.insert(words.end(), parts_.words.begin(), parts_.words.end());
  const std::string folder = folder_of(trial), resolved = parts_.explain(words);
  follow_run(parts_.files,
             {trial.id, folder_of(run), folder, trial.in_run, metric_of_best(resolved), resolved});
  trial.builds = run.builds;
  trial.went_on = run.went_on;
  if (parts_.files.exists(folder + "/result.json")) return settle(trial);
  // It diverged, and with it whoever is trained in it.
  trial.value = run.value;
  change(trial, TrialState::finished, run.message);
}

}  // namespace r50::sweep
