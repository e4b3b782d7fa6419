#include <algorithm>

#include "report/format.h"
#include "sweep/control/controller.h"
#include "sweep/launch/process_mark.h"

namespace r50::sweep {

// Trials that a controller on another machine has started, in a folder that both see. Whether their
// processes live, nobody here can know: what is seen is whether their files still change. That is
// judged by the time this controller itself has watched, and by no time that the other machine has
// written, so that clocks need not agree.

void Controller::tell_of_lease(const Trial& trial, const std::string& handle) {
  const auto mark = ProcessMark::parse(handle);
  parts_.tell(
      "trial " + trial.id + " was started on " +
      (mark ? "'" + mark->host + "'" : "another machine") +
      " and may still run there: it is left alone until it has ended, or until nothing of it has "
      "changed for " +
      report::brief(parts_.sweep.retry.lease_minutes) +
      " minutes; if you know that it has ended, start this command with --take-over");
}

// The keeper beside a trial writes `exit` when it has ended, and `beat` each minute while it lives.
// Only a trial of which neither row nor beat has come for long is taken for dead: one whose rows
// are rare has its beats, and where these cannot be had, twice its slowest row is waited for.
bool Controller::lease_is_over(Trial& trial, Watch& watch, const Facts& facts) {
  if (facts.exit_code) return true;
  const std::string file = folder_of(trial) + "/beat";
  const std::string beat = parts_.files.exists(file) ? parts_.files.read(file, 100) : "";
  if (beat != watch.beat) {
    watch.beat = beat;
    watch.moved = observed_.seconds();
  }
  if (see_rows(trial, watch, facts)) return false;
  const double limit = std::max(60 * parts_.sweep.retry.lease_minutes, 2 * facts.longest_gap);
  if (observed_.seconds() - watch.moved <= limit) return false;
  parts_.tell("the lease of trial " + trial.id +
              " has expired: the machine that ran it has written "
              "nothing for " +
              report::brief(limit / 60) + " minutes");
  return true;
}

}  // namespace r50::sweep
