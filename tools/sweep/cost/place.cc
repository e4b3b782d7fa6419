#include "sweep/cost/place.h"

#include <algorithm>

#include "base/process.h"
#include "sweep/launch/local.h"

namespace r50::sweep {

Site site_of(const SweepFile& sweep, int slots) {
  const LauncherTable& table = sweep.launcher;
  Site site;
  if (table.kind == LauncherKind::local) {
    const auto all = local_slots(slots, static_cast<int>(table.trials_per_gpu), visible_devices(),
                                 base::usable_cores());
    site.slots = static_cast<int>(all.size());
    site.place = {all.front().device.empty() ? "cpu" : "cuda", base::cpu_model(),
                  all.front().cores};
  } else if (table.kind == LauncherKind::slurm && slots == 0) {
    site.slots = static_cast<int>(table.queue_max);
  } else {
    site.slots = std::max(1, slots);
  }
  return site;
}

}  // namespace r50::sweep
