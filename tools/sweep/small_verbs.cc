#include <csignal>
#include <cstdio>
#include <iostream>

#include "report/format.h"
#include "sweep/control/opened_sweep.h"
#include "sweep/control/progress.h"
#include "sweep/show/judged.h"
#include "sweep/trial/facts.h"
#include "sweep/trial/ledger.h"
#include "sweep/verbs.h"

namespace r50::sweep {
namespace {

std::string joined_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

void print_trials(const std::vector<Trial>& trials, const SweepFile& sweep) {
  std::printf("%5s  %-10s  %-8s  %7s  %10s  %s\n", "trial", "id", "state", "epochs",
              sweep.metric.name.c_str(), "what it sets");
  for (const Trial& trial : trials) {
    const std::string epochs = std::to_string(trial.done) + "/" + std::to_string(trial.epochs);
    const std::string value = trial.value ? report::brief(*trial.value) : "";
    std::printf("%5lld  %-10s  %-8s  %7s  %10s  %s%s\n", static_cast<long long>(trial.number),
                trial.id.c_str(), text_of(trial.state).c_str(), epochs.c_str(), value.c_str(),
                joined_words(trial.words).c_str(),
                trial.message.empty() ? "" : ("  (" + trial.message + ")").c_str());
  }
}

void refuse_unbegun(const OpenedSweep& opened) {
  if (opened.folder.begun()) return;
  throw WrongInput("This sweep has not begun: there is no '" + opened.folder.path() +
                   "'. Start it with: r50sweep " + opened.file.path);
}

}  // namespace

int plan_sweep(const SweepLine& line) {
  OpenedSweep opened(line.words.front());
  Roster roster(opened.file, opened.seed(), opened.ask(), {});
  if (roster.adaptive()) {
    roster.next();
    std::printf("The points depend on results; the first would be:\n\n");
  } else {
    roster.list_all();
  }
  print_trials(roster.trials(), opened.file);
  std::printf("\n%zu trials\n", roster.trials().size());
  return 0;
}

int show_status(const SweepLine& line) {
  const OpenedSweep opened(line.words.front());
  refuse_unbegun(opened);
  const std::string path = opened.folder.file("status.json");
  if (line.json) {
    std::cout << base::real_files().read(path);
    return 0;
  }
  const std::vector<Trial> trials = opened.seen_trials();
  print_trials(trials, opened.file);
  std::printf("\n%s\n", progress_sentence(trials, opened.file).c_str());
  return 0;
}

int report_sweep(const SweepLine& line) {
  const OpenedSweep opened(line.words.front());
  refuse_unbegun(opened);
  const std::vector<Trial> trials = opened.seen_trials();
  std::cout << (line.csv ? trials_csv(trials, opened.file) : report_text(trials, opened.file));
  return 0;
}

// Of the second stage, if that has results: its points were tried harder.
int print_best(const SweepLine& line) {
  const OpenedSweep opened(line.words.front());
  refuse_unbegun(opened);
  const std::vector<Trial> all = opened.seen_trials();
  const Judged judged = judge_trials(all, opened.file);
  std::vector<Trial> trials;
  for (const Trial& trial : all) {
    if (trial.stage == judged.stage) trials.push_back(trial);
  }
  const Trial* const best = best_trial(trials, opened.file.maximize());
  if (!best) throw Error("No trial has finished yet.");
  base::Files& files = base::real_files();
  const std::string resolved = opened.folder.file(best->id + "/resolved.toml");
  if (!files.exists(resolved)) {
    throw Error("Trial " + best->id +
                " has no resolved.toml: its program wrote none. It was run "
                "with: " +
                joined_words(best->words));
  }
  std::cout << "# Trial " << best->id << " of the sweep " << opened.file.name << ": "
            << opened.file.metric.name << " " << report::brief(*best->value) << ", with "
            << joined_words(best->words) << "\n"
            << files.read(resolved);
  return 0;
}

int stop_sweep(const SweepLine& line) {
  const OpenedSweep opened(line.words.front());
  refuse_unbegun(opened);
  std::string holder;
  const auto lock = base::real_files().lock(opened.folder.file("controller.lock"), holder);
  const int pid = lock ? 0 : std::atoi(holder.c_str());
  if (pid <= 0) {
    std::puts("Nobody works on this sweep.");
    return 0;
  }
  if (::kill(pid, SIGTERM) != 0) {
    throw Error("The sweep's controller, process " + holder +
                ", cannot be reached: it may run on "
                "another machine.");
  }
  std::printf("Process %d was told: trials finish their step, save and leave.\n", pid);
  return 0;
}

int retry_failed(const SweepLine& line) {
  OpenedSweep opened(line.words.front());
  refuse_unbegun(opened);
  opened.folder.open(nullptr);
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

int show_logs(const SweepLine& line) {
  const OpenedSweep opened(line.words.front());
  refuse_unbegun(opened);
  const std::string& wanted = line.words[1];
  for (const Trial& trial : opened.seen_trials()) {
    if (trial.id != wanted && std::to_string(trial.number) != wanted) continue;
    std::cout << log_tail(base::real_files(), opened.folder.file(trial.id), 40) << "\n";
    return 0;
  }
  throw WrongInput("The sweep has no trial '" + wanted + "'; r50sweep status lists them.");
}

}  // namespace r50::sweep
