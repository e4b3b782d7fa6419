#include <iostream>

#include "sweep/export/export.h"
#include "sweep/trial/trial_folder.h"
#include "sweep/verbs/sweep_verbs.h"

namespace r50::sweep {
namespace {

int export_yaml(const OpenedSweep& opened) {
  const WandbSweep made = wandb_sweep(opened.file, opened.file.seeds > 1 ? opened.seed() : 0);
  std::cout << made.yaml << std::flush;
  for (const std::string& remark : made.remarks) std::cerr << "# " << remark << "\n";
  return 0;
}

int export_journal(const OpenedSweep& opened, const std::string& out) {
  base::Files& files = base::real_files();
  refuse_unbegun(opened);
  if (opened.file.finds_rates()) {
    throw WrongInput("The trials of '" + opened.file.name +
                     "' are learning-rate finders: an Optuna study needs a value to compare by.");
  }
  if (files.exists(out)) {
    throw WrongInput("'" + out + "' is there already; name another file, or remove it first");
  }
  std::vector<OptunaTrial> trials;
  int open = 0;
  for (const Trial& trial : opened.seen_trials()) {
    const std::string folder = opened.folder.file(trial.id);
    if (!trial.over()) {
      ++open;
      continue;
    }
    trials.push_back({trial, read_facts(files, folder, opened.file.metric.name).reports,
                      written_at(folder + "/trial.json").value_or(0)});
  }
  if (trials.empty()) throw Error("No trial has ended yet: there is nothing to export.");
  base::write_atomically(files, out, optuna_journal(opened.file, trials));
  std::cout << out << ": " << trials.size() << (trials.size() == 1 ? " trial" : " trials");
  if (open > 0) std::cout << "; " << open << " that have not ended are left out";
  std::cout << "\nopen it with: optuna-dashboard " << out << "\n";
  return 0;
}

}  // namespace

int export_sweep(const line::Typed& typed) {
  if (typed.has("wandb-yaml") == typed.has("optuna-journal")) {
    throw WrongInput("write: r50sweep export " + typed.words.front() +
                     " --wandb-yaml, or --optuna-journal OUT");
  }
  const OpenedSweep opened(typed.words.front());
  return typed.has("wandb-yaml") ? export_yaml(opened)
                                 : export_journal(opened, typed.text("optuna-journal"));
}

}  // namespace r50::sweep
