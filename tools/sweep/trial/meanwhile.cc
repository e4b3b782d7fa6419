#include "sweep/trial/meanwhile.h"

#include <sys/stat.h>

#include <algorithm>

namespace r50::sweep {

double seconds_without_controller(const std::string& folder, double began, const base::Clock& clock,
                                  bool ended) {
  if (began <= 0) return 0;
  const double now = clock.wall_seconds();
  double last = ended ? began : now;
  if (ended) {
    for (const char* name : {"/exit", "/result.json", "/metrics.jsonl", "/log.txt"}) {
      struct stat found = {};
      if (::stat((folder + name).c_str(), &found) != 0) continue;
      last = std::max(last, static_cast<double>(found.st_mtim.tv_sec) +
                                1e-9 * static_cast<double>(found.st_mtim.tv_nsec));
    }
  }
  return std::max(0.0, std::min(last, now) - began);
}

}  // namespace r50::sweep
