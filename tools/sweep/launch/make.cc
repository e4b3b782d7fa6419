#include "sweep/launch/launcher.h"

#include <absl/strings/str_format.h>

#include "base/process.h"
#include "r50/error.h"
#include "r50/suggest.h"
#include "sweep/launch/local.h"
#include "sweep/launch/slurm.h"

namespace r50::sweep {
namespace {

// That trials share a GPU is asked for by its own key, not by a number too many.
void refuse_more_than_gpus(const LauncherTable& table, int slots, std::size_t gpus) {
  const auto most = gpus * static_cast<std::size_t>(table.trials_per_gpu);
  if (gpus == 0 || static_cast<std::size_t>(slots) <= most) return;
  throw WrongInput(absl::StrFormat(
      "%d slots are more than %d %s with %d at a time on each: set [launcher] trials_per_gpu if "
      "trials are to share one, or take fewer slots.",
      slots, gpus, gpus == 1 ? "GPU" : "GPUs", table.trials_per_gpu));
}

LaunchSite local_site(const LauncherTable& table, int slots) {
  const std::vector<std::string> gpus = visible_devices();
  refuse_more_than_gpus(table, slots, gpus.size());
  const std::vector<LocalSlot> all =
      local_slots(slots, static_cast<int>(table.trials_per_gpu), gpus, base::usable_cores());
  return {std::make_unique<LocalLauncher>(all), all.front().cores};
}

}  // namespace

LaunchSite make_launch_site(const SweepFile& sweep, const std::string& sweep_folder,
                            const std::string& where, int slots,
                            const std::function<void(const std::string&)>& tell) {
  LauncherTable table = sweep.launcher;
  table.slots = slots;
  const int cores = static_cast<int>(table.cores);
  switch (table.kind) {
    case LauncherKind::slurm:
      return {std::make_unique<SlurmLauncher>(table, sweep.name, sweep_folder, real_engine(tell)),
              cores};
    case LauncherKind::command: {
      const std::string fault = command_fault(table);
      if (!fault.empty()) throw WrongInput("[launcher] " + fault + ".");
      return {std::make_unique<CommandLauncher>(table, sweep.name, sweep_folder, where,
                                                real_engine(tell)),
              cores};
    }
    case LauncherKind::kubernetes:
      return {std::make_unique<KubernetesLauncher>(sweep, sweep_folder, real_engine(tell)), cores};
    case LauncherKind::local:
      break;
  }
  return local_site(table, slots);
}

LauncherKind launcher_kind(const std::string& word) {
  std::vector<std::string> names;
  for (const auto& [name, kind] : launcher_kinds()) {
    if (name == word) return kind;
    names.push_back(name);
  }
  throw WrongInput("There is no launcher '" + word + "': " + near_guess(word, names, "launchers"));
}

}  // namespace r50::sweep
