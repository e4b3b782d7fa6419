#include "sweep/forecast/place.h"

#include <algorithm>

#include "base/process.h"
#include "sweep/launch/local.h"

namespace r50::sweep {

Site site_of(const SweepFile& sweep, int slots) {
  const LauncherTable& table = sweep.launcher;
  Site site;
  if (table.kind == LauncherKind::local) {
    const std::vector<std::string> devices = visible_devices();
    const auto all =
        local_slots(slots, static_cast<int>(table.trials_per_gpu), devices, base::usable_cores());
    site.slots = static_cast<int>(all.size());
    site.place = {all.front().device.empty() ? "cpu" : "cuda", base::cpu_model(),
                  all.front().cores};
    site.place->shared = !devices.empty() && all.size() > devices.size();
  } else if (table.kind == LauncherKind::slurm && slots == 0) {
    site.slots = static_cast<int>(table.queue_max);
  } else {
    site.slots = std::max(1, slots);
  }
  return site;
}

Site site_with_gpus(const SweepFile& sweep, int slots,
                    const std::function<std::vector<std::string>()>& ask) {
  Site site = site_of(sweep, slots);
  if (!site.place || site.place->device == "cpu") return site;
  std::vector<std::string> gpus = ask();
  if (gpus.empty()) {  // r50run is built without CUDA
    site.place->device = "cpu";
    site.place->shared = false;
    return site;
  }
  gpus.resize(std::min(gpus.size(), static_cast<std::size_t>(site.slots)));
  std::sort(gpus.begin(), gpus.end());
  gpus.erase(std::unique(gpus.begin(), gpus.end()), gpus.end());
  site.place->gpus = std::move(gpus);
  return site;
}

}  // namespace r50::sweep
