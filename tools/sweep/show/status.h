#pragma once

// What r50sweep status --watch shows: a screen on a terminal, lines elsewhere.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sweep/file/sweep_file.h"
#include "sweep/show/varied_words.h"
#include "sweep/trial/trial.h"

namespace r50::sweep {

// "12 of 30 trials finished, 2 running, 1 failed; best so far 57.3 (scheduler.lr=0.2)"
std::string progress_sentence(const std::vector<Trial>& trials, const SweepFile& sweep);

// For a terminal: a line a trial, and what it does.
std::string trial_table(const std::vector<Trial>& trials, const SweepFile& sweep);

struct Watched {
  std::vector<Trial> trials;
  std::string controller;                // its own word: "running", "stopping", "ended"
  double seconds = 0;                    // since it began
  double silent = 0;                     // since it last wrote down how things stand
  bool gone = false;                     // its process is not there any more, on this machine
  std::map<std::int64_t, double> times;  // seconds each trial has run, over all its starts

  bool ended() const { return controller == "ended"; }
  bool abandoned() const;  // neither ended nor at work
};

// At most `height` lines of at most `width` columns: what runs first, then what failed, the best of
// what has finished, and what waits; what has no room is counted in the last line.
std::string watch_screen(const Watched& now, const SweepFile& sweep, int width, int height);

// " 4 min 12 s  trial 3 finished, top1 61.5: scheduler.lr=0.1"; `seconds`: since the controller
// began.
std::string change_line(const Trial& trial, double seconds, const VariedWords& varied,
                        const SweepFile& sweep);

// A line for each trial whose state has changed, with the time since the controller began.
std::vector<std::string> watch_changes(const Watched& before, const Watched& now,
                                       const SweepFile& sweep);

}  // namespace r50::sweep
