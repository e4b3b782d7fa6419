#include <cstdio>
#include <iostream>

#include "sweep/forecast/place.h"
#include "sweep/forecast/remaining.h"
#include "sweep/roster/progress.h"
#include "sweep/show/trial_table.h"
#include "sweep/verbs/verbs.h"

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

}  // namespace r50::sweep
