#pragma once

// What a sweep of learning-rate finders has found, point by point. There is no best one: a rate is
// suggested for a batch, a decay, a size, and which of these to take is another question.

#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "report/lr_rules.h"
#include "sweep/file/sweep_file.h"
#include "sweep/trial/trial.h"

namespace r50::sweep {

struct Finder {
  Trial trial;
  std::string name;              // of its point, by what the sweep varies
  std::string rule;              // by which the rate was chosen
  std::optional<double> wished;  // what the rule says: the median of the seeds
  std::optional<double> suggested;
  std::optional<double> low, high;   // what the rule says of single seeds
  std::optional<double> divergence;  // the smallest rate at which a seed diverged
  std::int64_t batch = 0;
  std::vector<report::LrCurve> curves;  // one a seed, smoothed
};

// Of all finished trials, from their folders; in the order of the trials.
std::vector<Finder> read_finders(base::Files& files, const std::string& sweep_folder,
                                 const std::vector<Trial>& trials, const SweepFile& sweep);

// A line a point, for a terminal.
std::string finder_table(const std::vector<Finder>& finders);

// All curves in one picture, as the bytes of a PNG.
std::string finder_chart(const std::vector<Finder>& finders, const std::string& sweep_name);

// Writes SWEEP/lr_find.png, and says where it is, or why there is none: no sweep fails for that.
std::string try_finder_chart(base::Files& files, const std::string& sweep_folder,
                             const SweepFile& sweep, const std::vector<Trial>& trials);

}  // namespace r50::sweep
