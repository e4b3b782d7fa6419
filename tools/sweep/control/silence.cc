#include <absl/strings/str_format.h>

#include "report/format.h"
#include "sweep/control/watcher.h"
#include "sweep/launch/process_mark.h"
#include "sweep/trial/trial_folder.h"

namespace r50::sweep {

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
