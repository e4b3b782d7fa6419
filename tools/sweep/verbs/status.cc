#include <absl/strings/str_cat.h>
#include <cstdio>
#include <iostream>

#include "report/format.h"
#include "sweep/forecast/forecast.h"
#include "sweep/forecast/place.h"
#include "sweep/roster/counts.h"
#include "sweep/show/judged.h"
#include "sweep/show/trial_table.h"
#include "sweep/trial/trial_folder.h"
#include "sweep/verbs/sweep_verbs.h"

namespace r50::sweep {

int show_status(const line::Typed& typed) {
  const OpenedSweep opened(typed.words.front());
  refuse_unbegun(opened);
  if (typed.has("watch")) return watch_sweep(opened);
  const std::string path = opened.folder.file("status.json");
  if (typed.has("json")) {
    std::cout << base::real_files().read(path);
    return 0;
  }
  const std::vector<Trial> trials = opened.seen_trials();
  std::cout << trial_table(trials, opened.file) << "\n"
            << progress_sentence(trials, opened.file) << "\n";
  const auto slots = static_cast<int>(opened.file.launcher.slots);
  const std::string to_go =
      remaining_sentence(trials, opened.file, slots > 0 ? slots : site_of(opened.file, 0).slots);
  if (!to_go.empty()) std::cout << to_go << "\n";
  return 0;
}

int show_logs(const line::Typed& typed) {
  const OpenedSweep opened(typed.words.front());
  refuse_unbegun(opened);
  const std::string& wanted = typed.words[1];
  for (const Trial& trial : opened.seen_trials()) {
    if (trial.id != wanted && absl::StrCat(trial.number) != wanted) continue;
    std::cout << log_tail(base::real_files(), opened.folder.file(trial.id), 40) << "\n";
    return 0;
  }
  throw WrongInput("The sweep has no trial '" + wanted + "'; r50sweep status lists them.");
}

// Of the second stage, if that has results: its points were tried harder.
int print_best(const line::Typed& typed) {
  const OpenedSweep opened(typed.words.front());
  if (opened.file.finds_rates()) {
    throw WrongInput("The trials of '" + opened.file.name +
                     "' are learning-rate finders: each suggests a rate for its point, and none is "
                     "the best. See them with: r50sweep report " +
                     opened.file.path);
  }
  refuse_unbegun(opened);
  const std::vector<Trial> all = opened.seen_trials();
  const Judged judged = judge_trials(all, opened.file);
  std::vector<Trial> trials;
  for (const Trial& trial : all) {
    if (trial.stage == judged.stage) trials.push_back(trial);
  }
  const Trial* const best = best_trial(trials, opened.file.maximize());
  if (!best) throw Error("No trial has finished yet.");
  base::Files& files = base::real_files();
  const std::string resolved = opened.folder.file(best->id + "/resolved.toml");
  if (!files.exists(resolved)) {
    throw Error("Trial " + best->id +
                " has no resolved.toml: its program wrote none. It was run "
                "with: " +
                best->sets());
  }
  std::cout << "# Trial " << best->id << " of the sweep " << opened.file.name << ": "
            << opened.file.metric.name << " " << report::brief(*best->value) << ", with "
            << best->sets() << "\n"
            << files.read(resolved);
  return 0;
}

}  // namespace r50::sweep
