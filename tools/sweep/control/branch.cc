#include <algorithm>

#include "sweep/control/controller.h"
#include "sweep/share/seed.h"

namespace r50::sweep {

// A trial that trains for others pauses where the first of them leaves it.
std::int64_t Controller::next_branch(const Trial& trial) const {
  std::int64_t next = trial.epochs;
  for (const Trial& child : parts_.roster.trials()) {
    if (child.parent != trial.id || !child.waits_for_parent()) continue;
    if (child.branch > trial.done) next = std::min(next, child.branch);
  }
  return next;
}

// Not by the word of a stopper, which then decides when it goes on.
bool Controller::pauses_for_others(const Trial& trial) const {
  return parts_.sweep.stop.type == StopRule::none || !trial.stage.empty();
}

// The trials that others wait for.
std::set<std::string> Controller::awaited() const {
  std::set<std::string> ids;
  for (const Trial& child : parts_.roster.trials()) {
    if (child.waits_for_parent()) ids.insert(child.parent);
  }
  return ids;
}

// The trial has ended its process at the end of an epoch: those who leave it there get its past.
// Each is on disk, trial.json included, before the trial is known to have ended.
void Controller::give_branches(const Trial& trial, std::int64_t epoch) {
  for (Trial& child : parts_.roster.trials()) {
    if (child.parent != trial.id || !child.waits_for_parent() || child.branch != epoch) continue;
    const std::string folder = folder_of(child);
    seed_folder(parts_.files, {trial.id, child.id, folder_of(trial), folder, epoch});
    child.branched = true;
    child.builds = trial.builds;  // what has trained it so far
    child.done = epoch;
    child.state = TrialState::waiting;
    reports_[child.number] = read_facts(parts_.files, folder, parts_.sweep.metric.name).reports;
    if (!reports_[child.number].empty()) {
      child.done = reports_[child.number].back().epoch;
      child.value = reports_[child.number].back().value;
    }
    base::replace_whole(parts_.files, folder + "/trial.json", trial_json(child));
    parts_.ledger.put(child);
  }
}

// Nobody will train their first epochs any more: they do it themselves.
void Controller::free_orphans() {
  if (awaited().empty()) return;
  std::vector<Trial>& trials = parts_.roster.trials();
  std::vector<Trial> freed;
  std::map<std::string, const Trial*> by_id;
  for (const Trial& trial : trials) by_id[trial.id] = &trial;
  for (Trial& child : trials) {
    if (!child.waits_for_parent()) continue;
    const auto parent = by_id.find(child.parent);
    if (parent != by_id.end() && !parent->second->over()) continue;
    child.parent.clear();
    child.branch = 0;
    freed.push_back(child);
  }
  if (freed.empty()) return;
  parts_.ledger.put(freed);
  parts_.tell(std::to_string(freed.size()) +
              (freed.size() == 1 ? " trial trains" : " trials train") +
              " from the start, since the trial that was to train the beginning has ended early");
}

}  // namespace r50::sweep
