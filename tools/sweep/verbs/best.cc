#include <iostream>

#include "report/format.h"
#include "sweep/roster/progress.h"
#include "sweep/show/judged.h"
#include "sweep/verbs/verbs.h"

namespace r50::sweep {

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
