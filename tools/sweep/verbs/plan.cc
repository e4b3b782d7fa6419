#include <iostream>

#include "sweep/show/trial_table.h"
#include "sweep/verbs/verbs.h"

namespace r50::sweep {

int plan_sweep(const line::Typed& typed) {
  OpenedSweep opened(typed.words.front());
  Roster roster(opened.file, opened.seed(), opened.ask(), {});
  if (roster.adaptive()) {
    roster.next();
    std::cout << "The points depend on results; the first would be:\n\n";
  } else {
    roster.list_all();
  }
  std::cout << trial_table(roster.trials(), opened.file) << "\n"
            << roster.trials().size() << " trials\n";
  return 0;
}

}  // namespace r50::sweep
