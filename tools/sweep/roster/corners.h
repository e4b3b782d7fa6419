#pragma once

// The corners of a space: what a method may try that makes up its trials as it goes, so far as it
// can be tried out before the night.

#include <cstdint>
#include <string>
#include <vector>

#include "sweep/file/sweep_file.h"
#include "sweep/roster/roster.h"

namespace r50::sweep {

struct Corners {
  std::vector<Coordinates> points;
  double all = 0;  // how many there are at all
};

// Of ranges the two ends (of a normal distribution what one in a thousand lies beyond), of choices
// each. All of them, if that is at most `most`; else a fair part: each end of each parameter once,
// the rest of the room filled by chance.
Corners corners_of(const Space& space, std::size_t most = 64);

// Those, asked for: trials that will not be run. Throws WrongInput with every problem of each.
std::vector<Trial> check_corners(const SweepFile& sweep, const Ask& ask);

// [confirm] set, upon the first points: it is to be right before the first stage is paid for. Gives
// trials that stand for the second stage's: one for several that would be `merged` into one run.
std::vector<Trial> check_confirm(const SweepFile& sweep, const std::vector<Trial>& trials,
                                 const Ask& ask, bool merged = false);

}  // namespace r50::sweep
