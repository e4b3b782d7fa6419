#include "sweep/control/controller.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <cmath>
#include <csignal>
#include <cstring>

#include "r50/suggest.h"
#include "sweep/trial/trial_folder.h"

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
  return name ? absl::StrCat("SIG", name) : absl::StrCat("signal ", signal);
}

}  // namespace

// An epoch need not have been evaluated to be over, and another program may report nothing else.
void Settler::take_in(Trial& trial, const Facts& facts) {
  board_.reports[trial.number] = facts.reports;
  if (!facts.reports.empty()) trial.value = facts.reports.back().value;
  const std::int64_t reported = facts.reports.empty() ? 0 : facts.reports.back().epoch;
  const std::int64_t over = std::max(reported, facts.epochs);
  if (over > 0) trial.done = over;
}

void Settler::settle(Trial& trial) {
  const ControllerParts& parts = board_.parts;
  const std::string folder = board_.folder_of(trial);
  const Facts facts = board_.facts_of(trial);
  take_in(trial, facts);
  if (const auto record = read_run_record(parts.files, folder);
      record && !record->went_on.empty()) {
    trial.went_on = record->went_on;
  }
  const auto change = [&](TrialState state, const std::string& message = "") {
    board_.change(trial, state, message);
  };
  if (facts.finished) {
    trial.value = facts.result;
    if (facts.result || trial.is_merged_run()) return change(TrialState::finished);
    const std::string& metric = parts.sweep.metric.name;
    return change(TrialState::failed, absl::StrFormat("its result has no '%s': %s", metric,
                                                      near_guess(metric, facts.known, "metrics")));
  }
  if (!trial.message.empty() && trial.state == TrialState::running) {  // a rule has ended it
    return change(TrialState::stopped, std::string(trial.message));
  }
  if (trial.until < trial.epochs && trial.done >= trial.until) {
    if (const std::int64_t rung = board_.rung_of(trial); rung > 0 && trial.done < trial.epochs) {
      trial.until = rung;
      return change(TrialState::paused);
    }
    trial.until = trial.epochs;  // only its result is left to write
    return change(TrialState::waiting);
  }
  if (board_.stopping) return change(TrialState::waiting);
  if (!facts.exit_code) return fault(trial, "it was killed");
  const int code = *facts.exit_code;
  const std::string said = log_tail(parts.files, folder, 20);
  if (code == exit_interrupted) return fault(trial, "it was interrupted");
  if (code >= 128 && is_own_fault(code - 128)) {
    return change(TrialState::failed, "it crashed: " + signal_text(code - 128));
  }
  if (code >= 128) return fault(trial, signal_text(code - 128) + " ended it");
  if (code == 0) return change(TrialState::failed, "it ended well, but left no result");
  if (code == exit_stopped) {  // it diverged: a result, and the worst; not a failure to have one
    trial.value = std::nan("");
    return change(TrialState::finished, last_line(said));
  }
  if (code != exit_wrong_input && is_infrastructure(said)) return fault(trial, last_line(said));
  change(TrialState::failed, said.empty() ? absl::StrCat("exit code ", code) : last_line(said));
}

// Not the trial's own: it is resumed from its checkpoint, if there is patience left.
void Settler::fault(Trial& trial, const std::string& why) {
  // A long trial may meet many accidents. One that comes no further from start to start is ill.
  if (trial.done > trial.faulted_at) trial.faults = 0;
  trial.faulted_at = trial.done;
  ++trial.faults;
  const bool again = trial.faults <= board_.parts.sweep.retry.times;
  board_.parts.tell(absl::StrFormat("trial %s ended: %s; it %s", trial.id, why,
                                    again ? "will resume from its checkpoint" : "is given up"));
  if (again) return board_.change(trial, TrialState::waiting);
  board_.change(trial, TrialState::failed,
                absl::StrFormat("given up after %d faults; the last: %s", trial.faults, why));
}

bool Settler::all_fail_alike() {
  const std::int64_t enough = board_.parts.sweep.retry.alike;
  if (enough == 0 || board_.stopping) return false;
  std::int64_t failed = 0;
  const Trial* first = nullptr;
  for (const Trial& trial : board_.trials()) {
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
  board_.parts.tell(absl::StrFormat(
      "the first %d trials all failed alike: %s\nthe end of the output of trial %s:\n%s", failed,
      first->message, first->id, log_tail(board_.parts.files, board_.folder_of(*first), 10)));
  return true;
}

}  // namespace r50::sweep
