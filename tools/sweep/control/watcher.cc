#include "sweep/control/watcher.h"

#include "sweep/trial/trial_folder.h"

namespace r50::sweep {

void Watcher::take_up() {
  const bool judged = board_.parts.sweep.stop.type != StopRule::none;  // by what others reported
  for (Trial& trial : board_.trials()) {
    board_.reports[trial.number] = {};
    const bool begun = trial.until > 0 || trial.done > 0;
    if (trial.state == TrialState::waiting && !begun) continue;
    if (trial.over() && !judged) continue;
    board_.reports[trial.number] = board_.facts_of(trial).reports;
    if (trial.state == TrialState::running) take_up(trial);
  }
}

void Watcher::take_up(Trial& trial) {
  const ControllerParts& parts = board_.parts;
  const std::string folder = board_.folder_of(trial), lease = folder + "/lease";
  if (!parts.files.exists(lease)) return board_.change(trial, TrialState::waiting);
  Watch watch = board_.new_watch();
  watch.handle = parts.files.read(lease);
  while (!watch.handle.empty() && watch.handle.back() == '\n') watch.handle.pop_back();
  const Life life = parts.launcher.look(watch.handle);
  if (life == Life::never) return board_.change(trial, TrialState::waiting);
  const bool not_here = life == Life::unknown || life == Life::elsewhere;
  if (life == Life::gone || (not_here && parts.take_over)) {
    trial.seconds += seconds_without_controller(folder, trial.began, parts.clock, true);
    return settler_.settle(trial);
  }
  if (life != Life::queued) {
    watch.begun -= seconds_without_controller(folder, trial.began, parts.clock, false);
  }
  if (life == Life::elsewhere) tell_of_lease(trial, watch.handle);
  parts.launcher.adopt(watch.handle);
  // A rule had ended it, and the process may not have received that.
  if (!trial.message.empty()) board_.end(watch, Launcher::How::gently);
  board_.watches[trial.number] = watch;
}

bool Watcher::look() {
  bool any = false;
  for (auto it = board_.watches.begin(); it != board_.watches.end();) {
    Trial& trial = board_.parts.roster.trial(it->first);
    Watch& watch = it->second;
    const Life life = board_.parts.launcher.look(watch.handle);
    // No process here can reach it. It stays what it is, and its lease with it.
    if (life == Life::elsewhere && board_.stopping) {
      it = board_.watches.erase(it);
      continue;
    }
    const bool ended = life == Life::gone || life == Life::never;
    const Facts facts = ended ? Facts() : board_.facts_of(trial);
    if (ended || (life == Life::elsewhere && lease_is_over(trial, watch, facts))) {
      if (!watch.queued) trial.seconds += board_.parts.clock.seconds() - watch.begun;
      if (life == Life::never) {
        board_.change(trial, TrialState::waiting);
      } else {
        settler_.settle(trial);
      }
      it = board_.watches.erase(it);
      any = true;
      continue;
    }
    note_turn(trial, watch, life);
    see_rows(trial, watch, facts);
    if (life != Life::elsewhere) end_hanging(trial, watch, facts);
    ++it;
  }
  return any;
}

// Waiting for its turn is neither time that a trial costs, nor hanging.
void Watcher::note_turn(Trial& trial, Watch& watch, Life life) {
  const base::Clock& clock = board_.parts.clock;
  if (life == Life::queued) {
    if (!watch.queued) trial.seconds += clock.seconds() - watch.begun;
    watch.queued = true;
    watch.begun = clock.seconds();
    watch.since = watch.moved = board_.observed.seconds();
  } else if (life == Life::unknown) {
    // Where the engine does not answer, files may not come either.
    watch.moved = board_.observed.seconds();
  } else if (life == Life::alive && watch.queued) {
    watch.queued = false;
    trial.began = clock.wall_seconds();
    board_.parts.ledger.put(trial);
  }
}

// Whether there are new ones.
bool Watcher::see_rows(Trial& trial, Watch& watch, const Facts& facts) {
  if (facts.rows == watch.rows) return false;
  watch.rows = facts.rows;
  watch.moved = board_.observed.seconds();
  settler_.take_in(trial, facts);
  return true;
}

void Watcher::end_hopeless() {
  if (board_.parts.sweep.stop.type != StopRule::median || !board_.stopper) return;
  const std::vector<Contender> all = board_.contenders();
  for (const Contender& one : all) {
    const auto watch = board_.watches.find(one.number);
    if (watch == board_.watches.end() || watch->second.asked) continue;
    if (!board_.stopper->ends(one, all)) continue;
    Trial& trial = board_.parts.roster.trial(one.number);
    trial.message = "below the median of the others";
    board_.parts.ledger.put(trial);
    board_.end(watch->second, Launcher::How::gently);
  }
}

void Watcher::end_all() {
  for (auto& [number, watch] : board_.watches) board_.end(watch, Launcher::How::gently);
}

}  // namespace r50::sweep
