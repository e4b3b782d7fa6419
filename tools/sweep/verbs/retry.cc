#include <cstdio>

#include "sweep/trial/ledger.h"
#include "sweep/verbs/verbs.h"

namespace r50::sweep {

int retry_failed(const line::Typed& typed) {
  OpenedSweep opened(typed.words.front());
  refuse_unbegun(opened);
  opened.folder.open(nullptr, opened.environment);
  base::Files& files = base::real_files();
  const auto ledger = open_ledger(files, opened.folder.path(),
                                  [](const std::string& text) { std::puts(text.c_str()); });
  std::vector<Trial> again;
  for (Trial trial : ledger->trials()) {
    if (trial.state != TrialState::failed) continue;
    trial.state = TrialState::waiting;
    trial.faults = 0;
    trial.message.clear();
    base::write_atomically(files, opened.folder.file(trial.id + "/trial.json"), trial_json(trial));
    again.push_back(std::move(trial));
  }
  ledger->put(again);
  std::printf("%zu failed trials will be run again by: r50sweep %s\n", again.size(),
              opened.file.path.c_str());
  return 0;
}

}  // namespace r50::sweep
