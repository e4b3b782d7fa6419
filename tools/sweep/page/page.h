#pragma once

// A sweep's report as one file that needs no other: for a browser without a network, for a phone,
// for paper. And what it is made from, read once.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/files.h"
#include "sweep/file/sweep_file.h"
#include "sweep/show/finders.h"
#include "sweep/stop/stopper.h"
#include "sweep/trial/trial.h"

namespace r50::sweep::page {

struct Source {
  SweepFile sweep;
  std::vector<Trial> trials;
  std::map<std::int64_t, std::vector<EpochValue>> curves;  // by trial; of those that are drawn
  std::string file_text;                                   // the sweep file, as frozen
  std::string experiment;                                  // where the frozen experiment lies
  std::map<std::string, int> builds;                       // what made the trials: how many of them
  std::vector<Finder> finders;                             // of a sweep of such, in place of curves
};

// `folder`: of the sweep. What cannot be read is left out: a report is better than none.
Source read_source(base::Files& files, const std::string& folder, const SweepFile& sweep,
                   const std::vector<Trial>& trials);

// The trials whose curves are worth reading, by number in the list: `best` by their values, and
// `others`, evenly taken from the rest that have begun.
std::vector<std::size_t> drawn_trials(const std::vector<Trial>& trials, bool maximize,
                                      std::size_t best = 50, std::size_t others = 150);

// `most` of `count` numbers from 0 on, evenly spaced, the first among them.
std::vector<std::size_t> even_sample(std::size_t count, std::size_t most);

// The same of a list's elements.
template <class T>
std::vector<T> sampled(const std::vector<T>& all, std::size_t most) {
  std::vector<T> kept;
  for (const std::size_t i : even_sample(all.size(), most)) kept.push_back(all[i]);
  return kept;
}

// The same source gives the same bytes.
std::string report_page(const Source& source);

// Writes SWEEP/report.html, and says where it is, or why there is none: no sweep fails for that.
std::string try_report(base::Files& files, const std::string& folder, const SweepFile& sweep,
                       const std::vector<Trial>& trials);

}  // namespace r50::sweep::page
