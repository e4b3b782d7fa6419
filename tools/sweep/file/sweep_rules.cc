#include <absl/strings/str_format.h>
#include <algorithm>

#include "sweep/file/limit.h"
#include "sweep/file/sweep_file.h"

namespace r50::sweep {
namespace {

constexpr double grid_without_cap = 10'000;

Spot spot_of(const Table& written, const char* key) {
  const Value* const found = written.find(key);
  return found ? found->spot() : Spot{};
}

bool is_gridded(Method method) {
  return method == Method::grid || method == Method::lr_find || method == Method::list;
}

void check_method(const SweepFile& sweep, const Table& written, Problems& problems) {
  const Spot method = spot_of(written, "method");
  if (sweep.method == Method::list && !written.find("trial")) {
    problems.add(method, "method \"list\" needs its points", "write [[trial]] once for each");
  }
  for (const VariedKey& axis : sweep.parameters.axes) {
    if (is_gridded(sweep.method) && axis.dimension.kind != Dimension::Kind::choice) {
      problems.add(axis.spot,
                   "parameter '" + axis.key + "' is a range, of which a grid would be endless",
                   "write values = [...], or take the method random, sobol or tpe");
    }
  }
  const std::vector<std::string> keys = sweep.parameters.keys();
  if (std::find(keys.begin(), keys.end(), "run.seed") != keys.end()) {
    problems.add(method, "run.seed is no parameter: it sets replicates of one point apart",
                 "set seeds = 3 for the seeds that the experiment has, and +1 and +2");
  }
  if (sweep.parameters.axes.empty() && problems.empty()) {
    problems.add(spot_of(written, "parameters"), "nothing is varied: the grid is empty",
                 "give a key of [parameters] values = [...], or min and max");
  }
  if (!is_gridded(sweep.method) && sweep.run_cap == 0) {
    problems.add(method, "this method has no end of its own", "set run_cap, the number of points");
  }
  const double points = grid_size(sweep.parameters);
  const auto seeds = static_cast<double>(sweep.seeds);
  if (is_gridded(sweep.method) && sweep.run_cap == 0 && points * seeds > grid_without_cap) {
    problems.add(method,
                 absl::StrFormat(
                     "the grid has %.6g points%s", points,
                     sweep.seeds == 1 ? "" : absl::StrFormat(" with %d seeds each", sweep.seeds)),
                 "if that is meant, set run_cap; sobol with a run_cap covers as much with fewer");
  }
}

void check_finders(const SweepFile& sweep, const Table& written, Problems& problems) {
  if (sweep.stop.type != StopRule::none) {
    problems.add(spot_of(written, "early_terminate"), "learning-rate finders have no rungs",
                 "take [early_terminate] away");
  }
  if (sweep.seeds > 1) {
    problems.add(spot_of(written, "seeds"), "a learning-rate finder has several seeds by itself",
                 "take seeds away; \"find_lr.seeds\" is the experiment's key for them (3)");
  }
  if (written.find("metric")) {
    problems.add(spot_of(written, "metric"),
                 "learning-rate finders suggest rates, and none is better than another",
                 "take [metric] away");
  }
  if (sweep.confirm.top > 0) {
    problems.add(spot_of(written, "confirm"), "learning-rate finders have no best points",
                 "take [confirm] away");
  }
  if (!sweep.launcher.program.empty()) {
    problems.add(spot_of(written, "launcher"), "learning-rate finders are r50run's own",
                 "take [launcher] program away");
  }
}

void check_branch(const SweepFile& sweep, const Table& written, Problems& problems) {
  const char* const program = sweep.finds_rates()               ? "A learning-rate finder"
                              : !sweep.launcher.program.empty() ? "[launcher] program"
                                                                : nullptr;
  if (!program) return;
  problems.add(spot_of(written, "branch"),
               absl::StrFormat("%s cannot begin at a checkpoint", program), "take branch away");
}

void check_stages(const SweepFile& sweep, const Table& written, Problems& problems) {
  if (!sweep.branch.empty()) check_branch(sweep, written, problems);
  if (sweep.finds_rates()) check_finders(sweep, written, problems);
  if (sweep.method == Method::tpe && sweep.seeds > 1) {
    problems.add(spot_of(written, "seeds"), "tpe tries each point once",
                 "set seeds = 1, and [confirm] seeds for the best points");
  }
  if (written.find("confirm") && sweep.confirm.top == 0) {
    problems.add(spot_of(written, "confirm"), "[confirm] does not say how many points",
                 "set top, such as top = 3");
  }
  if (!sweep.budget.empty()) {
    try {
      checked_limit(sweep.budget, sweep.launcher.price_per_hour);
    } catch (const WrongInput& error) {
      problems.add(spot_of(written, "budget"), error.what(), "");
    }
  }
  if (sweep.launcher.kind == LauncherKind::command &&
      (sweep.launcher.submit.empty() || sweep.launcher.poll.empty() ||
       sweep.launcher.cancel.empty())) {
    problems.add(spot_of(written, "launcher"), "the launcher \"command\" needs three commands",
                 "write submit, poll and cancel");
  }
}

// Of a dimension and all that hang on it.
double combinations(const Space& space, std::size_t dimension) {
  double sum = 0;
  for (std::size_t choice = 0; choice < space[dimension].choices; ++choice) {
    double below = 1;
    for (std::size_t i = dimension + 1; i < space.size(); ++i) {
      const auto& condition = space[i].condition;
      if (!condition || condition->dimension != dimension) continue;
      const auto& met = condition->choices;
      if (std::find(met.begin(), met.end(), choice) != met.end()) below *= combinations(space, i);
    }
    sum += below;
  }
  return sum;
}

}  // namespace

double grid_size(const Parameters& parameters) {
  const Space space = parameters.space();
  double points = 1;
  for (std::size_t i = 0; i < space.size(); ++i) {
    if (!space[i].condition) points *= combinations(space, i);
  }
  return points;
}

void check_rules(const SweepFile& sweep, const Table& written, Problems& problems) {
  check_method(sweep, written, problems);
  check_stages(sweep, written, problems);
}

}  // namespace r50::sweep
