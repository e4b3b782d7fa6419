#include <absl/strings/str_format.h>

#include "report/format.h"
#include "sweep/control/controller.h"
#include "sweep/launch/process_mark.h"
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

// A trial that writes nothing. What counts is the time that this controller itself has watched, and
// no time that another machine has written, so that clocks need not agree.

void Watcher::end_hanging(Trial& trial, Watch& watch, const Facts& facts) {
  const double now = board_.observed.seconds();
  const ControllerParts& parts = board_.parts;
  if (watch.asked) {  // it had its time
    constexpr double for_saving = 120;
    if (now - *watch.asked > for_saving) parts.launcher.end(watch.handle, Launcher::How::at_once);
    return;
  }
  // By what was seen here, and by what its rows say: of a trial that was taken up, an earlier
  // controller has seen them come.
  const auto rows = static_cast<double>(facts.rows);
  const double seen = facts.rows > 0 ? (watch.moved - watch.since) / rows : 0;
  const double usual = std::max(seen, facts.usual_gap);
  const RetryTable& retry = parts.sweep.retry;
  const double limit = std::max(retry.hang_factor * usual, 60 * retry.hang_minutes);
  if (now - watch.moved <= limit) return;
  const std::string folder = board_.folder_of(trial);
  const std::string tail = log_tail(parts.files, folder, 50);
  const std::string stacks = parts.launcher.stacks(watch.handle);
  base::write_atomically(parts.files, folder + "/hang.txt",
                         tail + "\n" + (stacks.empty() ? "" : "\nWhere it stood:\n" + stacks));
  parts.tell(
      absl::StrFormat("trial %s has written nothing for %d minutes: it is ended, and resumes "
                      "from its checkpoint; the end of its output, and where it stood, are "
                      "in hang.txt",
                      trial.id, static_cast<int>((now - watch.moved) / 60)));
  board_.end(watch, Launcher::How::at_once);
}

// Trials that a controller on another machine has started, in a folder that both see. Whether their
// processes live cannot be known here. What is seen is whether their files still change.
void Watcher::tell_of_lease(const Trial& trial, const std::string& handle) {
  const auto mark = ProcessMark::parse(handle);
  board_.parts.tell(absl::StrFormat(
      "trial %s was started on %s and may still run there: it is left alone until it has ended, or "
      "until nothing of it has changed for %s minutes; if you know that it has ended, start this "
      "command with --take-over",
      trial.id, mark ? "'" + mark->host + "'" : "another machine",
      report::brief(board_.parts.sweep.retry.lease_minutes)));
}

// The keeper beside a trial writes `exit` when it has ended, and `beat` each minute while it lives.
// A trial counts as dead only after a long time with neither row nor beat. One with rare rows has
// its beats, and where these cannot be had, twice its slowest row is waited for.
bool Watcher::lease_is_over(Trial& trial, Watch& watch, const Facts& facts) {
  if (facts.exit_code) return true;
  const ControllerParts& parts = board_.parts;
  const std::string file = board_.folder_of(trial) + "/beat";
  const std::string beat = parts.files.exists(file) ? parts.files.read(file, 100) : "";
  if (beat != watch.beat) {
    watch.beat = beat;
    watch.moved = board_.observed.seconds();
  }
  if (see_rows(trial, watch, facts)) return false;
  const double limit = std::max(60 * parts.sweep.retry.lease_minutes, 2 * facts.longest_gap);
  if (board_.observed.seconds() - watch.moved <= limit) return false;
  parts.tell(
      absl::StrFormat("the lease of trial %s has expired: the machine that ran it has written "
                      "nothing for %s minutes",
                      trial.id, report::brief(limit / 60)));
  return true;
}

}  // namespace r50::sweep
