#include <absl/strings/str_cat.h>

#include <cstdio>
#include <iostream>

#include "report/format.h"
#include "sweep/forecast/forecast.h"
#include "sweep/forecast/pace.h"
#include "sweep/page/page.h"
#include "sweep/roster/counts.h"
#include "sweep/show/judged.h"
#include "sweep/show/status.h"
#include "sweep/trial/trial_folder.h"
#include "sweep/verbs/sweep_verbs.h"

namespace r50::sweep {
namespace {

// One of a report's forms, in words.
std::string finders_in_words(const OpenedSweep& opened, const std::vector<Trial>& trials,
                             const line::Typed& typed) {
  const SweepFile& sweep = opened.file;
  const std::string& folder = opened.folder.path();
  const std::string of_chart = try_finder_chart(base::real_files(), folder, sweep, trials);
  const std::vector<Finder> finders = read_finders(base::real_files(), folder, trials, sweep);
  if (typed.has("markdown")) return finder_markdown(finders, trials, sweep);
  return sweep.name + ": " + progress_sentence(trials, sweep) + "\n\n" + finder_table(finders) +
         "\n" + of_chart;
}

}  // namespace

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

// The page is written in any case. Where the words are to be piped or pasted, nothing is said of
// it.
int report_sweep(const line::Typed& typed) {
  const OpenedSweep opened(typed.words.front());
  refuse_unbegun(opened);
  const std::vector<Trial> trials = only_trials(opened.seen_trials());
  const std::string of_page =
      page::try_report(base::real_files(), opened.folder.path(), opened.file, trials);
  if (typed.has("csv")) {
    std::cout << trials_csv(trials, opened.file);
    return 0;
  }
  const bool markdown = typed.has("markdown");
  if (opened.file.finds_rates()) {
    std::cout << finders_in_words(opened, trials, typed);
  } else {
    std::cout << (markdown ? report_markdown(trials, opened.file)
                           : report_text(trials, opened.file));
  }
  if (!markdown) std::cout << "\n" << of_page << "\n";
  return 0;
}

}  // namespace r50::sweep
