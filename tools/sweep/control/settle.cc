#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstring>

#include "r50/suggest.h"
#include "sweep/control/controller.h"
#include "sweep/trial/meanwhile.h"
#include "sweep/trial/run_record.h"

namespace r50::sweep {
namespace {

constexpr int exit_wrong_input = 2, exit_stopped = 3, exit_interrupted = 75;

// Faults of the machine that end with an exit code like one's own.
bool is_infrastructure(const std::string& said) {
  for (const char* words : {"No space left on device", "Disk quota exceeded", "Input/output error",
                            "Stale file handle", "Cannot allocate memory"}) {
    if (said.find(words) != std::string::npos) return true;
  }
  return false;
}

// Those by which a program ends itself. SIGBUS is not among them: it may be a disk's.
bool is_own_fault(int signal) {
  for (const int own : {SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGSEGV, SIGSYS}) {
    if (signal == own) return true;
  }
  return false;
}

std::string signal_text(int signal) {
  const char* const name = ::sigabbrev_np(signal);
  return name ? "SIG" + std::string(name) : "signal " + std::to_string(signal);
}

std::string last_line(const std::string& text) {
  const auto end = text.rfind('\n');
  return end == std::string::npos ? text : text.substr(end + 1);
}

}  // namespace

// Trials that an earlier controller has left running, or has not seen end.
void Controller::take_up_running() {
  const bool judged = parts_.sweep.stop.type != StopRule::none;  // by what others reported
  for (Trial& trial : parts_.roster.trials()) {
    reports_[trial.number] = {};
    const bool begun = trial.until > 0 || trial.done > 0;
    if (trial.state == TrialState::waiting && !begun) continue;
    if (trial.over() && !judged) continue;
    reports_[trial.number] =
        read_facts(parts_.files, folder_of(trial), parts_.sweep.metric.name).reports;
    if (trial.state == TrialState::running) take_up(trial);
  }
}

void Controller::take_up(Trial& trial) {
  const std::string lease = folder_of(trial) + "/lease";
  if (!parts_.files.exists(lease)) return change(trial, TrialState::waiting);  // never come to
  Watch watch = new_watch();
  watch.handle = parts_.files.read(lease);
  while (!watch.handle.empty() && watch.handle.back() == '\n') watch.handle.pop_back();
  const Life life = parts_.launcher.look(watch.handle);
  if (life == Life::never) return change(trial, TrialState::waiting);
  const bool not_here = life == Life::unknown || life == Life::elsewhere;
  const std::string folder = folder_of(trial);
  if (life == Life::gone || (not_here && parts_.take_over)) {
    trial.seconds += seconds_without_controller(folder, trial.began, parts_.clock, true);
    return settle(trial);
  }
  if (life != Life::queued) {
    watch.begun -= seconds_without_controller(folder, trial.began, parts_.clock, false);
  }
  if (life == Life::elsewhere) tell_of_lease(trial, watch.handle);
  parts_.launcher.adopt(watch.handle);
  if (!trial.message.empty()) {  // a rule had ended it: it may not have heard of that
    parts_.launcher.end(watch.handle, Launcher::How::gently);
    watch.asked = observed_.seconds();
  }
  watches_[trial.number] = watch;
}

bool Controller::look_at_running() {
  bool any = false;
  for (auto it = watches_.begin(); it != watches_.end();) {
    Trial& trial = parts_.roster.trial(it->first);
    Watch& watch = it->second;
    const Life life = parts_.launcher.look(watch.handle);
    // Nobody here can tell it anything; it stays what it is, and its lease with it.
    if (life == Life::elsewhere && stopping_) {
      it = watches_.erase(it);
      continue;
    }
    const bool ended = life == Life::gone || life == Life::never;
    const Facts facts =
        ended ? Facts() : read_facts(parts_.files, folder_of(trial), parts_.sweep.metric.name);
    if (ended || (life == Life::elsewhere && lease_is_over(trial, watch, facts))) {
      if (!watch.queued) trial.seconds += parts_.clock.seconds() - watch.begun;
      if (life == Life::never) {
        change(trial, TrialState::waiting);
      } else {
        settle(trial);
      }
      it = watches_.erase(it);
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
void Controller::note_turn(Trial& trial, Watch& watch, Life life) {
  if (life == Life::queued) {
    if (!watch.queued) trial.seconds += parts_.clock.seconds() - watch.begun;
    watch.queued = true;
    watch.begun = parts_.clock.seconds();
    watch.since = watch.moved = observed_.seconds();
  } else if (life == Life::unknown) {
    watch.moved =
        observed_.seconds();  // where the engine does not answer, files may not come either
  } else if (life == Life::alive && watch.queued) {
    watch.queued = false;
    trial.began = parts_.clock.wall_seconds();
    parts_.ledger.put(trial);
  }
}

// Whether there are new ones.
bool Controller::see_rows(Trial& trial, Watch& watch, const Facts& facts) {
  if (facts.rows == watch.rows) return false;
  watch.rows = facts.rows;
  watch.moved = observed_.seconds();
  take_in(trial, facts);
  return true;
}

// An epoch need not have been evaluated to be over, and another program may tell of nothing else.
void Controller::take_in(Trial& trial, const Facts& facts) {
  reports_[trial.number] = facts.reports;
  if (!facts.reports.empty()) trial.value = facts.reports.back().value;
  const std::int64_t reported = facts.reports.empty() ? 0 : facts.reports.back().epoch;
  const std::int64_t over = std::max(reported, facts.epochs);
  if (over > 0) trial.done = over;
}

// It has ended, somehow: what its folder says decides.
void Controller::settle(Trial& trial) {
  const std::string folder = folder_of(trial);
  const Facts facts = read_facts(parts_.files, folder, parts_.sweep.metric.name);
  take_in(trial, facts);
  if (std::string changes = machine_changes(parts_.files, folder); !changes.empty()) {
    trial.went_on = std::move(changes);
  }
  const int code = facts.exit_code.value_or(-1);
  const bool ended_by_rule = !trial.message.empty() && trial.state == TrialState::running;
  if (facts.finished) {
    trial.value = facts.result;
    if (facts.result || trial.is_merged_run()) return change(trial, TrialState::finished);
    return change(trial, TrialState::failed,
                  "its result has no '" + parts_.sweep.metric.name +
                      "': " + near_guess(parts_.sweep.metric.name, facts.known, "metrics"));
  }
  if (ended_by_rule) return change(trial, TrialState::stopped, trial.message);
  if (trial.until < trial.epochs && trial.done >= trial.until) {
    if (const std::int64_t rung = rung_of(trial); rung > 0 && trial.done < trial.epochs) {
      trial.until = rung;
      return change(trial, TrialState::paused);
    }
    trial.until = trial.epochs;  // only its result is left to write
    return change(trial, TrialState::waiting);
  }
  if (stopping_) return change(trial, TrialState::waiting);
  if (!facts.exit_code) return fault(trial, "it was killed");
  const std::string said = log_tail(parts_.files, folder, 20);
  if (code == exit_interrupted) return fault(trial, "it was interrupted");
  if (code >= 128 && is_own_fault(code - 128)) {
    return change(trial, TrialState::failed, "it crashed: " + signal_text(code - 128));
  }
  if (code >= 128) return fault(trial, signal_text(code - 128) + " ended it");
  if (code == 0) return change(trial, TrialState::failed, "it ended well, but left no result");
  if (code == exit_stopped) {  // it diverged: a result, and the worst; not a failure to have one
    trial.value = std::nan("");
    return change(trial, TrialState::finished, last_line(said));
  }
  if (code != exit_wrong_input && is_infrastructure(said)) {
    return fault(trial, last_line(said));
  }
  change(trial, TrialState::failed,
         said.empty() ? "exit code " + std::to_string(code) : last_line(said));
}

// Not the trial's own: it goes on from its checkpoint, if there is patience left.
void Controller::fault(Trial& trial, const std::string& why) {
  // A long trial may meet many accidents; one that comes no further from start to start is ill.
  if (trial.done > trial.faulted_at) trial.faults = 0;
  trial.faulted_at = trial.done;
  ++trial.faults;
  const bool again = trial.faults <= parts_.sweep.retry.times;
  parts_.tell("trial " + trial.id + " ended: " + why +
              (again ? "; it will go on from its checkpoint" : "; it is given up"));
  if (again) return change(trial, TrialState::waiting);
  change(trial, TrialState::failed,
         "given up after " + std::to_string(trial.faults) + " faults; the last: " + why);
}

void Controller::end_hanging(Trial& trial, Watch& watch, const Facts& facts) {
  const double now = observed_.seconds();
  const RetryTable& retry = parts_.sweep.retry;
  if (watch.asked) {  // it had its time
    constexpr double for_saving = 120;
    if (now - *watch.asked > for_saving) parts_.launcher.end(watch.handle, Launcher::How::at_once);
    return;
  }
  // By what was seen here, and by what its rows say: of a trial that was taken up, an earlier
  // controller has seen them come.
  const auto rows = static_cast<double>(facts.rows);
  const double seen = facts.rows > 0 ? (watch.moved - watch.since) / rows : 0;
  const double usual = std::max(seen, facts.usual_gap);
  const double limit = std::max(retry.hang_factor * usual, 60 * retry.hang_minutes);
  if (now - watch.moved <= limit) return;
  const std::string tail = log_tail(parts_.files, folder_of(trial), 50);
  const std::string stacks = parts_.launcher.stacks(watch.handle);
  base::write_atomically(parts_.files, folder_of(trial) + "/hang.txt",
                         tail + "\n" + (stacks.empty() ? "" : "\nWhere it stood:\n" + stacks));
  parts_.tell(
      "trial " + trial.id + " has written nothing for " +
      std::to_string(static_cast<int>((now - watch.moved) / 60)) +
      " minutes: it is ended, and goes on from its checkpoint; what it said last, and where "
      "it stood, is in hang.txt");
  watch.asked = now;
  parts_.launcher.end(watch.handle, Launcher::How::at_once);
}

// An experiment that cannot work is found out by its first trials, not by all of them.
bool Controller::all_fail_alike() {
  const std::int64_t enough = parts_.sweep.retry.alike;
  if (enough == 0 || stopping_) return false;
  std::int64_t failed = 0;
  const Trial* first = nullptr;
  for (const Trial& trial : parts_.roster.trials()) {
    if (trial.state == TrialState::finished || trial.state == TrialState::stopped ||
        trial.state == TrialState::paused) {
      return false;
    }
    if (trial.state != TrialState::failed) continue;
    if (first && trial.message != first->message) return false;
    if (!first) first = &trial;
    ++failed;
  }
  if (failed < enough) return false;
  parts_.tell("the first " + std::to_string(failed) +
              " trials all failed alike: " + first->message + "\nthe end of what trial " +
              first->id + " said:\n" + log_tail(parts_.files, folder_of(*first), 10));
  for (auto& [number, watch] : watches_) {
    parts_.launcher.end(watch.handle, Launcher::How::gently);
  }
  return true;
}

}  // namespace r50::sweep
