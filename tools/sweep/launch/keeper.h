#pragma once

// The shell that stays beside a trial's program, passes signals on to it, and writes its exit code
// to FOLDER/exit.

#include <string>

#include "base/files.h"
#include "sweep/launch/launcher.h"

namespace r50::sweep {

// As a single word of a shell's line, whatever it holds.
std::string shell_word(const std::string& text);

// Beside a process of this machine: sh -c LOCAL_KEEPER FOLDER/exit WORD ... It waits for a word on
// descriptor 3, which never comes if the controller dies first. A signal to the process group
// reaches both, the program saves and leaves, and the shell, which caught it, continues.
std::string local_keeper();

// FOLDER/run.sh: for an engine that runs it on another machine, now or tomorrow, perhaps twice. It
// runs the trial only while FOLDER/lease holds its own handle: one that comes late, after the trial
// was given to another, does nothing. It notes its handle in FOLDER/begun.
//   TERM, INT, HUP: the engine's. The program is asked to save and leave, unless the engine has
//   asked
//                   it too; if it leaves with 75, the shell function `start_again` may have the
//                   engine run all of this once more.
//   USR2:           r50sweep's own. The same, and it is not started again.
struct KeeperRules {
  int late_seconds = 15;                  // what a lease may come late
  std::string start_again = "  false\n";  // the function's body; true: it will be
};
std::string job_keeper(const Launch& launch, const std::string& handle, const KeeperRules& rules);

// What FOLDER/run.sh leaves there. Taken away before a new start.
void forget_last_start(base::Files& files, const std::string& folder);
// Whether the start with this handle has come to run its program.
bool has_begun(base::Files& files, const std::string& folder, const std::string& handle);

}  // namespace r50::sweep
