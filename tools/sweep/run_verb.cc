#include <csignal>
#include <filesystem>
#include <iostream>

#include "base/process.h"
#include "sweep/control/controller.h"
#include "sweep/control/opened_sweep.h"
#include "sweep/control/progress.h"
#include "sweep/launch/local.h"
#include "sweep/verbs.h"

namespace r50::sweep {
namespace {

volatile std::sig_atomic_t signals_seen = 0;

void note_signal(int) { signals_seen = signals_seen + 1; }

// No SA_RESTART: a wait ends at once.
void catch_signals() {
  struct sigaction action = {};
  action.sa_handler = note_signal;
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) ::sigaction(number, &action, nullptr);
}

// Cores and slots are frozen when the sweep begins: on how many threads a trial computes is a part
// of its bits.
std::vector<std::string> words_of_threads(const OpenedSweep& opened, int cores) {
  if (!opened.r50run) return {};
  const std::string path = opened.folder.file("threads");
  base::Files& files = base::real_files();
  if (!files.exists(path)) base::write_atomically(files, path, std::to_string(cores) + "\n");
  const std::string number = std::to_string(std::max(1, std::atoi(files.read(path).c_str())));
  std::vector<std::string> words;
  const std::vector<std::string> swept = opened.file.parameters.keys();
  for (const char* key : {"run.threads", "data.threads"}) {
    if (std::find(swept.begin(), swept.end(), key) == swept.end()) {
      words.push_back(std::string(key) + "=" + number);
    }
  }
  return words;
}

std::vector<std::string> program_words(const OpenedSweep& opened) {
  std::vector<std::string> words = opened.file.launcher.program;
  if (opened.r50run) words = {r50run_program()};
  words.push_back(opened.folder.experiment());
  return words;
}

}  // namespace

int run_sweep(const SweepLine& line) {
  const auto tell = [](const std::string& text) { std::cout << text << std::endl; };
  base::Files& files = base::real_files();
  OpenedSweep opened(line.words.front());
  const SweepFile& sweep = opened.file;
  if (sweep.launcher.kind != LauncherKind::local) {
    throw WrongInput("This r50sweep knows [launcher] kind = \"local\" only.");
  }
  // Every variant is checked before anything is written.
  if (!opened.folder.begun()) {
    Roster trial_run(sweep, opened.seed(), opened.ask(), {});
    if (!trial_run.adaptive()) trial_run.list_all();
  }
  opened.folder.open(opened.r50run ? &*opened.r50run : nullptr);
  catch_signals();
  const auto ledger = open_ledger(files, opened.folder.path(), tell);
  Roster roster(sweep, opened.seed(), opened.ask(), ledger->trials());
  if (!roster.adaptive()) ledger->put(roster.list_all());

  const int wanted = line.slots > 0 ? line.slots : static_cast<int>(sweep.launcher.slots);
  const std::vector<LocalSlot> slots =
      local_slots(wanted, static_cast<int>(sweep.launcher.trials_per_gpu), visible_devices(),
                  base::usable_cores());
  LocalLauncher launcher(slots);
  const std::string where =
      std::filesystem::absolute(base::folder_of(sweep.path)).lexically_normal().string();
  tell(opened.folder.path() + ": " + progress_sentence(roster.trials(), sweep));
  Controller controller({.files = files,
                         .clock = base::real_clock(),
                         .launcher = launcher,
                         .ledger = *ledger,
                         .sweep = sweep,
                         .roster = roster,
                         .folder = opened.folder.path(),
                         .where = where,
                         .program = program_words(opened),
                         .words = words_of_threads(opened, slots.front().cores),
                         .tell = tell,
                         .stop_wanted = [] { return signals_seen > 0; },
                         .take_over = line.take_over});
  const Exit exit = controller.run();
  tell(progress_sentence(roster.trials(), sweep));
  return static_cast<int>(exit);
}

}  // namespace r50::sweep
