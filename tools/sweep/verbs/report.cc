#include <iostream>

#include "sweep/page/page.h"
#include "sweep/roster/counts.h"
#include "sweep/show/judged.h"
#include "sweep/show/markdown.h"
#include "sweep/show/trial_table.h"
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
