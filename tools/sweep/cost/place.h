#pragma once

#include <optional>
#include <string>

#include "sweep/file/sweep_file.h"

namespace r50::sweep {

// What trials run on, as far as can be known here.
struct Place {
  std::string device;  // "cpu" or "cuda"
  std::string cpu;     // model
  int threads = 0;     // of arithmetic
};

struct Site {
  int slots = 1;
  std::optional<Place> place;  // none: another machine, such as a cluster's
};

// By [launcher], nothing being started. `slots`: trials at a time; 0: as many as there is place
// for.
Site site_of(const SweepFile& sweep, int slots);

}  // namespace r50::sweep
