#pragma once

// r50run find-lr: trains a few steps at ever larger rates, for several seeds, and says which rate a
// run should take. It leaves runs/NAME/find-lr-ID and touches no run.

#include <cstdint>
#include <string>
#include <vector>

#include "base/files.h"
#include "probe/lr_result.h"
#include "r50/error.h"

namespace r50::probe {

struct FindLrRequest {
  std::vector<std::string> experiment;  // its files
  std::vector<std::string> overrides;
  std::string device = "auto";
  bool fresh = false;
  std::string run_dir;  // in place of runs/NAME/find-lr-ID
};

struct FoundLr {
  LrResult result;
  std::string folder;
  std::string key;      // of the experiment's scheduler that could take the rate: "max_lr"
  std::string file;     // that names this scheduler; empty: the command line does
  bool before = false;  // by an earlier call
};

// What happens meanwhile.
class FindLrView {
 public:
  virtual ~FindLrView();
  virtual void say(const std::string& line) = 0;  // [any thread]
  virtual void step(std::int64_t seed, std::int64_t iteration, const LrPlan& plan, double loss) = 0;
  virtual void swept(const LrSweep& sweep, const LrPlan& plan, bool before) = 0;
  virtual void found(const FoundLr& found) = 0;
};

// How many iterations a sweep has: what [find_lr] says, else one epoch, at most 1000. Throws
// WrongInput where those are too few to draw a curve.
std::int64_t lr_iterations(const config::FindLrTable& table, std::int64_t steps_per_epoch);

// Exit::interrupted after a signal: the sweeps that are done are kept, and the same call resumes.
// Exit::failed if the curves are too short for the rule.
Exit find_lr(const FindLrRequest& request, base::Files& files, FindLrView& view);

}  // namespace r50::probe
