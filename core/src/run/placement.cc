#include "run/placement.h"

#include <algorithm>
#include <array>

#include "assemble/opened.h"
#include "assemble/provenance.h"
#include "config/document.h"
#include "config/identity.h"

namespace r50::run {
namespace {

// What cannot change under a run: the weights would not fit, or its position in the epoch would
// mean other images.
struct Unchangeable {
  const char* key;
  const char* why;
};
constexpr std::array unchangeable = {
    Unchangeable{"run.batch", "the run's position is counted in steps of the old batch"},
    Unchangeable{"run.seed", "the rest of the epoch would show other images again or never"},
    Unchangeable{"model.", "the saved weights belong to the old model"},
};

std::string shown(const std::string& value) { return value.empty() ? "not set" : value; }

// What a change does to a run under way, in a few words.
std::string effect(const std::string& key) {
  if (key == "run.epochs") return "the schedule is stretched or shrunk over the new length";
  if (key.rfind("scheduler", 0) == 0) return "rates follow the new schedule from here on";
  if (key.rfind("averaging", 0) == 0) return "averages continue from what they hold";
  if (key.rfind("dataset", 0) == 0) return "the rest of the run sees the new data";
  for (const char* idle : {"checkpoint", "logger", "find_lr"}) {
    if (key.rfind(idle, 0) == 0) return "no bit changes";
  }
  return "takes effect from here on";
}

void compare_changed(const config::Experiment& now, const std::string& folder, base::Files& files,
                     Placement& placement) {
  assemble::Opened before = assemble::open_experiment(files, {folder + "/resolved.toml"},
                                                      std::vector<config::OverrideWord>());
  Problems problems;
  for (const auto& change : config::differences(before.experiment.resolved, now.resolved)) {
    const std::string text = change.key + ": " + shown(change.from) + " -> " + shown(change.to);
    const auto* stop = std::find_if(
        unchangeable.begin(), unchangeable.end(),
        [&](const Unchangeable& entry) { return change.key.rfind(entry.key, 0) == 0; });
    if (stop != unchangeable.end()) {
      problems.add({}, text + " cannot be changed under a run: " + stop->why,
                   "start a new run, or use --branch");
    } else {
      placement.remarks.push_back(text + " (" + effect(change.key) + ")");
    }
  }
  if (!problems.empty()) throw WrongInput(problems);
}

// A folder given by name must hold this experiment, or nothing: its run's ID.
std::string id_in(const std::string& folder, const std::string& id, const std::string& former,
                  base::Files& files) {
  record::RunFolder there(files, folder);
  const auto json = there.read("run.json");
  if (!json) return id;
  const assemble::Provenance identity = assemble::provenance_from_json(*json);
  if (identity.id == id || identity.id == former) return identity.id;
  throw WrongInput(folder + " holds the run of another experiment (" + identity.id + ", this is " +
                   id + "). To resume it with this file use --continue " + folder +
                   ", otherwise give another --run-dir");
}

}  // namespace

Placement place(const TrainRequest& request, const config::Experiment& experiment,
                base::Files& files) {
  Placement placement;
  placement.id = config::experiment_id(experiment);
  std::string former = config::experiment_id(experiment, config::IdRule::former);
  if (!request.continue_dir.empty()) {
    placement.folder = request.continue_dir;
    placement.changed_file = true;
    if (!files.exists(placement.folder + "/resolved.toml")) {
      throw WrongInput("--continue " + placement.folder +
                       ": there is no run in it (a run's folder "
                       "holds a resolved.toml)");
    }
    compare_changed(experiment, placement.folder, files, placement);
    return placement;
  }
  if (!request.branch.empty()) {
    const std::string branch = config::branch_suffix(files.read(request.branch));
    placement.id += branch;
    former += branch;
  }
  if (!request.run_dir.empty()) {
    placement.folder = request.run_dir;
    placement.id = id_in(placement.folder, placement.id, former, files);
    return placement;
  }
  placement.id = config::id_in_use(files, experiment.run.folder + "/" + experiment.name + "/",
                                   placement.id, former);
  placement.folder = record::RunFolder::find(files, experiment.run.folder, experiment.name,
                                             placement.id, request.fresh);
  return placement;
}

}  // namespace r50::run
