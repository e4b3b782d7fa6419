#pragma once

#include <memory>
#include <string>

#include "sweep/file/sweep_file.h"
#include "sweep/launch/launcher.h"

namespace r50::sweep {

struct LaunchSite {
  std::unique_ptr<Launcher> launcher;
  int cores = 1;  // of a trial
};

// What [launcher] names. `slots`: trials at a time; 0: as many as there is place for.
LaunchSite make_launch_site(const SweepFile& sweep, const std::string& sweep_folder, int slots);

}  // namespace r50::sweep
