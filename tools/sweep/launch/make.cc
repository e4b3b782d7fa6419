#include "sweep/launch/make.h"

#include "base/process.h"
#include "r50/error.h"
#include "sweep/launch/local.h"

namespace r50::sweep {
namespace {

LaunchSite local_site(const LauncherTable& table, int slots) {
  const std::vector<LocalSlot> all = local_slots(slots, static_cast<int>(table.trials_per_gpu),
                                                 visible_devices(), base::usable_cores());
  return {std::make_unique<LocalLauncher>(all), all.front().cores};
}

}  // namespace

LaunchSite make_launch_site(const SweepFile& sweep, const std::string& sweep_folder, int slots) {
  static_cast<void>(sweep_folder);
  switch (sweep.launcher.kind) {
    case LauncherKind::local:
      return local_site(sweep.launcher, slots);
    case LauncherKind::slurm:
    case LauncherKind::command:
    case LauncherKind::kubernetes:
      break;
  }
  throw WrongInput("This r50sweep knows [launcher] kind = \"local\" only.");
}

}  // namespace r50::sweep
