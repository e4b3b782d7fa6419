#include <algorithm>
#include <functional>
#include <queue>

#include "sweep/forecast/forecast.h"
#include "sweep/stop/halving.h"
#include "sweep/stop/stopper.h"

namespace r50::sweep {
namespace {

// Every trial comes to the first rung, one in `factor` of those to the next.
double epochs_of_bracket(const Halving& ladder, double trials) {
  double sum = 0, there = trials;
  std::int64_t before = 0;
  for (const std::int64_t stop : ladder.stops()) {
    sum += there * static_cast<double>(stop - before);
    before = stop;
    // A sweep of few trials still brings one to its end.
    there = std::max(std::min(1.0, there), there / static_cast<double>(ladder.factor()));
  }
  return sum;
}

}  // namespace

double list_schedule(const std::vector<double>& seconds, int slots) {
  std::priority_queue<double, std::vector<double>, std::greater<>> free_at;
  for (int i = 0; i < std::max(1, slots); ++i) free_at.push(0);
  double end = 0;
  for (const double one : seconds) {
    const double ends = free_at.top() + one;
    free_at.pop();
    free_at.push(ends);
    end = std::max(end, ends);
  }
  return end;
}

double expected_epochs(const StopTable& stop, std::int64_t trials, std::int64_t epochs) {
  const Rungs rungs{stop.min_iter, stop.eta, epochs};
  const Halving ladder(rungs);
  if (stop.type == StopRule::asha) return epochs_of_bracket(ladder, static_cast<double>(trials));
  if (stop.type != StopRule::hyperband) return static_cast<double>(trials * epochs);
  // Which bracket a trial belongs to, its stopper knows by its number.
  const auto stopper = hyperband(rungs);
  double sum = 0;
  for (const std::int64_t first : ladder.stops()) {
    std::int64_t here = 0;
    for (std::int64_t number = 0; number < trials; ++number) {
      here += stopper->first_until(number) == first ? 1 : 0;
    }
    sum += epochs_of_bracket(Halving({first, stop.eta, epochs}), static_cast<double>(here));
  }
  return sum;
}

}  // namespace r50::sweep
