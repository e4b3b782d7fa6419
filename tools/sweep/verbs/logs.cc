#include <iostream>

#include "sweep/trial/facts.h"
#include "sweep/verbs/verbs.h"

namespace r50::sweep {

int show_logs(const line::Typed& typed) {
  const OpenedSweep opened(typed.words.front());
  refuse_unbegun(opened);
  const std::string& wanted = typed.words[1];
  for (const Trial& trial : opened.seen_trials()) {
    if (trial.id != wanted && std::to_string(trial.number) != wanted) continue;
    std::cout << log_tail(base::real_files(), opened.folder.file(trial.id), 40) << "\n";
    return 0;
  }
  throw WrongInput("The sweep has no trial '" + wanted + "'; r50sweep status lists them.");
}

}  // namespace r50::sweep
