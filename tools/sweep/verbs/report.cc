#include <iostream>

#include "sweep/show/judged.h"
#include "sweep/show/markdown.h"
#include "sweep/show/page/page.h"
#include "sweep/verbs/verbs.h"

namespace r50::sweep {

// The page is written in any case. Where the words are to be piped or pasted, nothing is said of
// it.
int report_sweep(const line::Typed& typed) {
  const OpenedSweep opened(typed.words.front());
  refuse_unbegun(opened);
  const std::vector<Trial> trials = opened.seen_trials();
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
