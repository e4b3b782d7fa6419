#pragma once

// The points of a sweep in their order, with all that is said of each, as every form of the report
// says it.

#include <string>
#include <vector>

#include "sweep/show/judged.h"
#include "sweep/trial/trial.h"

namespace r50::sweep {

struct Standing {
  std::size_t group = 0;
  std::string name;
  std::string mean, deviation, half_width, seeds;  // empty where there is none
  std::string behind;  // by how much the leading point is better: "0.4 ± 0.6"
  std::string p;       // corrected (judge/verdict.h)
  std::string word;    // "wins", "leads", "separable", "not separable", "not judged: 1 seed"
};

// Points with a value, the best mean first; those that have diverged last.
std::vector<Standing> standings(const Judged& judged, const judge::Names& names,
                                const SweepFile& sweep);

// Sentences on the differences from the leading point, in the same order.
std::vector<std::string> differences(const Judged& judged, const judge::Names& names,
                                     const SweepFile& sweep);

// Whether some point has two seeds; and whether some difference could be judged by them.
bool has_replicates(const Judged& judged);
bool was_judged(const Judged& judged);

// "The points are of the second stage", "3 trials were stopped early; ...": what a reader must know
// of the verdict.
std::vector<std::string> reservations(const Judged& judged, const std::vector<Trial>& trials);

// "3 trials have not ended yet: all this may change."; empty where all have.
std::string unended_text(const std::vector<Trial>& trials);

// The number of digits with which the values of a column are distinct, as far as their noise
// (deviations, may be empty) lets them.
int column_digits(const std::vector<double>& values, const std::vector<double>& deviations);
std::string in_column(double value, int digits);

// Of trials that are not of one build, or not of one machine: a warning in whole lines; empty where
// there is none of them.
std::string mixed_trials(const std::vector<Trial>& trials);

}  // namespace r50::sweep
