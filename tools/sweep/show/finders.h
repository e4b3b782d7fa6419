#pragma once

// What a sweep of learning-rate finders has found, point by point. There is no best one: a rate is
// suggested for a batch, a decay, a size, and which of these to take is another question.
// What every form of a report says of finders, in the same words.

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

// "9 of 9 finders have finished. By the rule valley they suggest 0.0014 (batch 8) to 0.0044 (batch
// 32)."
std::string finder_headline(const std::vector<Finder>& finders, const std::vector<Trial>& trials);

// What a reader must know of that.
std::vector<std::string> finder_reservations(const std::vector<Finder>& finders,
                                             const std::vector<Trial>& trials);

std::string rules_text(const std::vector<Finder>& finders);  // "valley"
std::string suggestion_text(const Finder& finder);           // "0.02", "none"
std::string band_text(const Finder& finder);                 // "0.04 to 0.06"; may be empty
std::string divergence_text(const Finder& finder);           // "0.3", "never"
bool held_back(const Finder& finder);                        // by the rate at which a seed diverged

// What the finders suggest, a line a point, to be pasted where GitHub's Markdown is read.
std::string finder_markdown(const std::vector<Finder>& finders, const std::vector<Trial>& trials,
                            const SweepFile& sweep);

}  // namespace r50::sweep
