#include <csignal>
#include <cstdio>

#include "sweep/roster/counts.h"
#include "sweep/trial/ledger.h"
#include "sweep/verbs/sweep_verbs.h"

namespace r50::sweep {

int stop_sweep(const line::Typed& typed) {
  const OpenedSweep opened(typed.words.front());
  refuse_unbegun(opened);
  std::string holder;
  auto lock = base::real_files().lock(opened.folder.file("controller.lock"), holder);
  const int pid = lock ? 0 : std::atoi(holder.c_str());
  const auto mark = opened.folder.holder();
  if (pid > 0 && mark && !mark->of_this_host()) {  // a process of that number here is another
    throw Error("The sweep's controller is process " + holder + " on '" + mark->host +
                "': run r50sweep stop there.");
  }
  if (pid <= 0) {
    const Counts counts = count(opened.seen_trials());
    if (counts.running == 0) {
      std::puts("No controller works on this sweep.");
      return 0;
    }
    std::printf("The sweep's controller is gone, and %d of its trials may run: they are ended.\n",
                counts.running);
    std::fflush(stdout);
    lock.reset();
    const int code = end_running(typed);
    return code == static_cast<int>(Exit::interrupted) ? 0 : code;
  }
  if (::kill(pid, SIGTERM) != 0) {
    throw Error("The sweep's controller, process " + holder +
                ", cannot be reached: it may run on "
                "another machine.");
  }
  std::printf("Process %d is stopping: trials finish their step, save and leave.\n", pid);
  return 0;
}

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
