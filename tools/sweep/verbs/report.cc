#include <iostream>

#include "sweep/control/progress.h"
#include "sweep/show/finders.h"
#include "sweep/show/judged.h"
#include "sweep/show/markdown.h"
#include "sweep/show/page/page.h"
#include "sweep/show/trial_table.h"
#include "sweep/verbs/verbs.h"

namespace r50::sweep {
namespace {

int report_finders(const OpenedSweep& opened, const std::vector<Trial>& trials, bool csv) {
  if (csv) {
    std::cout << trials_csv(trials, opened.file);
    return 0;
  }
  base::Files& files = base::real_files();
  std::cout << opened.file.name << ": " << progress_sentence(trials, opened.file) << "\n\n"
            << finder_table(read_finders(files, opened.folder.path(), trials, opened.file)) << "\n"
            << try_finder_chart(files, opened.folder.path(), opened.file, trials) << "\n";
  return 0;
}

}  // namespace

// The page is written in any case. Where the words are to be piped or pasted, nothing is said of
// it.
int report_sweep(const line::Typed& typed) {
  const OpenedSweep opened(typed.words.front());
  refuse_unbegun(opened);
  const std::vector<Trial> trials = only_trials(opened.seen_trials());
  if (opened.file.finds_rates()) return report_finders(opened, trials, typed.has("csv"));
  const std::string of_page =
      page::try_report(base::real_files(), opened.folder.path(), opened.file, trials);
  if (typed.has("csv")) {
    std::cout << trials_csv(trials, opened.file);
  } else if (typed.has("markdown")) {
    std::cout << report_markdown(trials, opened.file);
  } else {
    std::cout << report_text(trials, opened.file) << "\n" << of_page << "\n";
  }
  return 0;
}

}  // namespace r50::sweep
