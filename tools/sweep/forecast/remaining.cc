#include "sweep/forecast/remaining.h"

#include <algorithm>

#include "report/format.h"
#include "sweep/forecast/rates.h"
#include "sweep/forecast/wall.h"

namespace r50::sweep {

std::string remaining_sentence(const std::vector<Trial>& trials, const SweepFile& sweep,
                               int slots) {
  const MakeupOf all_alike = [](const Trial&) { return Makeup{}; };
  const auto epoch = Rates(trials, {}, all_alike).usual_epoch_seconds();
  if (!epoch) return "";
  std::vector<double> seconds;
  for (const Trial& trial : trials) {
    if (trial.over()) continue;
    const std::int64_t left = std::max<std::int64_t>(0, trial.epochs - trial.done);
    seconds.push_back(*epoch * static_cast<double>(left));
  }
  if (seconds.empty()) return "";
  // Most of what is paused at a rung will never go on.
  return std::string(sweep.stop.type == StopRule::none ? "about " : "at most about ") +
         report::duration(list_schedule(seconds, slots)) + " to go on " + std::to_string(slots) +
         (slots == 1 ? " slot" : " slots");
}

}  // namespace r50::sweep
