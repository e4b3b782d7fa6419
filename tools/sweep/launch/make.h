#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sweep/file/sweep_file.h"
#include "sweep/launch/launcher.h"

namespace r50::sweep {

struct LaunchSite {
  std::unique_ptr<Launcher> launcher;
  int cores = 1;  // of a trial
};

// What [launcher] names. `slots`: trials at a time; 0: as many as there is place for. `where`: the
// folder trials run in. Throws WrongInput if the table lacks what its kind needs.
LaunchSite make_launch_site(const SweepFile& sweep, const std::string& sweep_folder,
                            const std::string& where, int slots,
                            const std::function<void(const std::string&)>& tell);

// "slurm" to its kind. Throws WrongInput with a near guess.
LauncherKind launcher_kind(const std::string& word);

}  // namespace r50::sweep
