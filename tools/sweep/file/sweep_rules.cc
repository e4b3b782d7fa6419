#include <absl/strings/str_format.h>

#include <algorithm>

#include "sweep/file/sweep_file.h"
#include "sweep/search/points.h"

namespace r50::sweep {
namespace {

constexpr double grid_without_cap = 10'000;

class SweepRules {
 public:
  SweepRules(const SweepFile& sweep, const Table& written, Problems& problems)
      : sweep_(sweep),
        written_(written),
        problems_(problems),
        gridded_(sweep.method == Method::grid || sweep.method == Method::lr_find ||
                 sweep.method == Method::list) {}

  void check_method() {
    if (sweep_.method == Method::list && !written_.find("trial")) {
      refuse("method", "method \"list\" needs its points", "write [[trial]] once for each");
    }
    for (const VariedKey& axis : sweep_.parameters.axes) {
      if (gridded_ && axis.dimension.kind != Dimension::Kind::choice) {
        problems_.add(axis.spot,
                      "parameter '" + axis.key + "' is a range, of which a grid would be endless",
                      "write values = [...], or take the method random, sobol or tpe");
      }
    }
    const std::vector<std::string> keys = sweep_.parameters.keys();
    if (std::find(keys.begin(), keys.end(), "run.seed") != keys.end()) {
      refuse("method", "run.seed is no parameter: it sets replicates of one point apart",
             "set seeds = 3 for the seeds that the experiment has, and +1 and +2");
    }
    if (sweep_.parameters.axes.empty() && problems_.empty()) {
      refuse("parameters", "nothing is varied: the grid is empty",
             "give a key of [parameters] values = [...], or min and max");
    }
    if (!gridded_ && sweep_.run_cap == 0) {
      refuse("method", "this method has no end of its own", "set run_cap, the number of points");
    }
    const double points = grid_size(sweep_.parameters);
    if (gridded_ && sweep_.run_cap == 0 &&
        points * static_cast<double>(sweep_.seeds) > grid_without_cap) {
      refuse("method",
             absl::StrFormat(
                 "the grid has %.6g points%s", points,
                 sweep_.seeds == 1 ? "" : absl::StrFormat(" with %d seeds each", sweep_.seeds)),
             "if that is meant, set run_cap; sobol with a run_cap covers as much with fewer");
    }
  }

  void check_stages() {
    if (!sweep_.branch.empty()) check_branch();
    if (sweep_.finds_rates()) check_finders();
    if (sweep_.method == Method::tpe && sweep_.seeds > 1) {
      refuse("seeds", "tpe tries each point once",
             "set seeds = 1, and [confirm] seeds for the best points");
    }
    if (written_.find("confirm") && sweep_.confirm.top == 0) {
      refuse("confirm", "[confirm] does not say how many points", "set top, such as top = 3");
    }
    if (!sweep_.budget.empty()) {
      try {
        checked_limit(sweep_.budget, sweep_.launcher.price_per_hour);
      } catch (const WrongInput& error) {
        refuse("budget", error.what(), "");
      }
    }
    if (sweep_.launcher.kind == LauncherKind::command &&
        (sweep_.launcher.submit.empty() || sweep_.launcher.poll.empty() ||
         sweep_.launcher.cancel.empty())) {
      refuse("launcher", "the launcher \"command\" needs three commands",
             "write submit, poll and cancel");
    }
  }

 private:
  // At the key, where it is written.
  void refuse(const char* key, const std::string& what, const std::string& hint) {
    const Value* const found = written_.find(key);
    problems_.add(found ? found->spot() : Spot{}, what, hint);
  }

  void check_finders() {
    if (sweep_.stop.type != StopRule::none) {
      refuse("early_terminate", "learning-rate finders have no rungs",
             "take [early_terminate] away");
    }
    if (sweep_.seeds > 1) {
      refuse("seeds", "a learning-rate finder has several seeds by itself",
             "take seeds away; \"find_lr.seeds\" is the experiment's key for them (3)");
    }
    if (written_.find("metric")) {
      refuse("metric", "learning-rate finders suggest rates, and none is better than another",
             "take [metric] away");
    }
    if (sweep_.confirm.top > 0) {
      refuse("confirm", "learning-rate finders have no best points", "take [confirm] away");
    }
    if (!sweep_.launcher.program.empty()) {
      refuse("launcher", "learning-rate finders are r50run's own", "take [launcher] program away");
    }
  }

  void check_branch() {
    const char* const program = sweep_.finds_rates()               ? "A learning-rate finder"
                                : !sweep_.launcher.program.empty() ? "[launcher] program"
                                                                   : nullptr;
    if (!program) return;
    refuse("branch", absl::StrFormat("%s cannot begin at a checkpoint", program),
           "take branch away");
  }

  const SweepFile& sweep_;
  const Table& written_;
  Problems& problems_;
  const bool gridded_;
};

}  // namespace

double grid_size(const Parameters& parameters) {
  return static_cast<double>(count_points(parameters.space()).value_or(0));
}

void check_rules(const SweepFile& sweep, const Table& written, Problems& problems) {
  SweepRules rules(sweep, written, problems);
  rules.check_method();
  rules.check_stages();
}

}  // namespace r50::sweep
