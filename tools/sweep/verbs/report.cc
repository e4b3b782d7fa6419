#include <iostream>

#include "sweep/show/judged.h"
#include "sweep/verbs/verbs.h"

namespace r50::sweep {

int report_sweep(const line::Typed& typed) {
  const OpenedSweep opened(typed.words.front());
  refuse_unbegun(opened);
  const std::vector<Trial> trials = opened.seen_trials();
  std::cout << (typed.has("csv") ? trials_csv(trials, opened.file)
                                 : report_text(trials, opened.file));
  return 0;
}

}  // namespace r50::sweep
