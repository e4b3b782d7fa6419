#pragma once

// What is known of a sweep at one moment, for those who watch it: status.json, the live table, the
// report. Everything here comes from the ledger; nothing is decided.

#include <string>
#include <vector>

#include "sweep/file/sweep_file.h"
#include "sweep/trial/trial.h"

namespace r50::sweep {

struct Counts {
  int waiting = 0, running = 0, paused = 0, finished = 0, stopped = 0, failed = 0;
  int all() const { return waiting + running + paused + finished + stopped + failed; }
};

Counts count(const std::vector<Trial>& trials);

// Without the merged runs, which are no trials; each of theirs has its part of what they took. For
// reports.
std::vector<Trial> only_trials(std::vector<Trial> all);

// The finished trial with the best value; null if there is none.
const Trial* best_trial(const std::vector<Trial>& trials, bool maximize);

// "12 of 30 trials finished, 2 running, 1 failed"
std::string counts_sentence(const std::vector<Trial>& trials);

// status.json: the counts and all trials.
std::string status_json(const std::vector<Trial>& trials, const SweepFile& sweep,
                        const std::string& what);

}  // namespace r50::sweep
