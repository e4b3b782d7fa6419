#include <algorithm>

#include "sweep/control/controller.h"
#include "sweep/share/seed.h"
#include "sweep/trial/machines.h"

namespace r50::sweep {

// What trials have in common is trained once, by whichever of them runs first. Nobody waits for one
// certain other: only what runs holds others back, so there is always somebody who may start.

// All there ever were.
std::vector<Relative> Controller::born_relatives(const Trial& trial, std::int64_t beyond) {
  const std::vector<Trial>& trials = parts_.roster.trials();
  if (kinship_.trials() != trials.size()) kinship_ = Kinship(trials);
  return kinship_.of(static_cast<std::size_t>(&trial - trials.data()), beyond);
}

std::vector<Relative> Controller::relatives(const Trial& trial, std::int64_t beyond) {
  if (!trial.shares()) return {};
  const std::vector<Trial>& trials = parts_.roster.trials();
  std::vector<Relative> all = born_relatives(trial, beyond);
  const auto alone = [&](const Relative& one) { return !trials[one.place].shares(); };
  all.erase(std::remove_if(all.begin(), all.end(), alone), all.end());
  return all;
}

// A trial that has met machines of several kinds (threads, instructions, GPUs) has nothing in
// common with the others any more: what it trained on one it did not on the other. True: it has
// begun anew, and its record with it. Who has never had relatives is asked at the end only.
bool Controller::note_machines(Trial& trial, bool ended) {
  if (trial.follows() || (!ended && born_relatives(trial, 0).empty())) return false;
  const Machines met = read_machines(parts_.files, folder_of(trial));
  const bool anew = met.times_anew > trial.times_anew;
  const bool moved = !met.went_on.empty() && met.went_on != trial.went_on;
  if (!anew && !moved) return false;  // what was said once stays said
  if (moved) trial.went_on = met.went_on;
  if (anew) {
    trial.times_anew = met.times_anew;
    trial.began_anew = met.began_anew;
    trial.left += std::max<std::int64_t>(0, trial.done - trial.given);
    trial.given = trial.done = trial.faulted_at = 0;
    trial.value.reset();
    if (!trial.builds.empty()) trial.builds = {trial.builds.back()};
    parts_.tell("trial " + trial.id +
                " begins anew, without what was trained for it elsewhere: " + trial.began_anew);
  }
  base::replace_whole(parts_.files, folder_of(trial) + "/trial.json", trial_json(trial));
  parts_.ledger.put(trial);
  return anew;
}

// Its process has ended for the others' sake, and where the next one will run nobody knows. By
// itself the trial would have gone on where it was: so what it has is to it as it is to them.
void Controller::make_past_of_own(const Trial& trial) {
  if (trial.went_on.empty()) {
    mark_past(parts_.files, folder_of(trial), {trial.id, trial.id, trial.done});
  }
}

// Numbers of trials that a running one will bring further for nothing.
std::set<std::int64_t> Controller::held_back() {
  std::set<std::int64_t> numbers;
  for (const Trial& trial : parts_.roster.trials()) {
    if (trial.state != TrialState::running) continue;
    for (const Relative& one : relatives(trial, trial.pauses_at - 1)) {
      const Trial& other = parts_.roster.trials()[one.place];
      if (std::min(trial.until, one.common) > other.done) numbers.insert(other.number);
    }
  }
  return numbers;
}

// Whether some other would otherwise have to train what this one is about to.
bool Controller::is_of_use(const Trial& trial) {
  const std::vector<Relative> all = relatives(trial, trial.done);
  return std::any_of(all.begin(), all.end(), [&](const Relative& one) {
    const Trial& other = parts_.roster.trials()[one.place];
    return !other.over() && std::min(way_of(trial), one.common) > other.done;
  });
}

// Where the next of those leaves it who need what it trains up to there. A process that was cut off
// on its way to such a place goes there first.
std::int64_t Controller::next_pause(const Trial& trial) {
  std::int64_t next = trial.until;
  if (trial.pauses_at > 0) next = std::min(next, trial.pauses_at);
  for (const Relative& one : relatives(trial, trial.done)) {
    const Trial& other = parts_.roster.trials()[one.place];
    if (!other.over() && other.done < one.common) next = std::min(next, one.common);
  }
  return next;
}

// The trial's process has ended, and its checkpoint is saved: who is behind it on their common way
// is where it is now. Each is on disk, trial.json included, before the trial is known to have
// ended. A checkpoint from the midst of the next epoch serves those only who share that as well.
void Controller::give_past(const Trial& trial, bool amid_epoch) {
  if (trial.done == 0) return;
  const std::string kind = machine_kind(parts_.files, folder_of(trial));
  for (const Relative& one : relatives(trial, trial.done - (amid_epoch ? 0 : 1))) {
    Trial& other = parts_.roster.trials()[one.place];
    if (other.state == TrialState::running || other.over() || other.done >= trial.done) continue;
    const std::string folder = folder_of(other);
    // What it has trained on another kind of machine is not these epochs' beginning.
    const bool same = machine_kind(parts_.files, folder) == kind;
    if (other.trained() > 0 && !same) continue;
    seed_folder(parts_.files, {trial.id, other.id, folder_of(trial), folder, trial.done});
    other.builds = trial.builds;  // what has trained it so far
    other.given += trial.done - other.done;
    other.done = trial.done;
    other.value = trial.value;
    reports_[other.number] = reports_[trial.number];
    const TrialState state = rest(other);
    Trial written = other;
    written.state = state;
    base::replace_whole(parts_.files, folder + "/trial.json", trial_json(written));
    change(other, state);
  }
}

// Where a trial is that stands at the end of an epoch: at the last of its rungs, or between two
// stops, and under way. One that stands at its very end has only its result to write.
TrialState Controller::rest(Trial& trial) const {
  trial.pauses_at = 0;
  if (trial.done >= trial.epochs) trial.until = trial.epochs;
  if (trial.done < trial.until || trial.done >= trial.epochs) return TrialState::waiting;
  trial.until = rung_of(trial);
  return trial.until > 0 ? TrialState::paused : TrialState::waiting;
}

// The last that it has come to; 0: none yet.
std::int64_t Controller::rung_of(const Trial& trial) const {
  return stopper_ && trial.stage.empty() ? stopper_->rung_at(trial.number, trial.done) : 0;
}

}  // namespace r50::sweep
