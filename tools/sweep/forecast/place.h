#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sweep/file/sweep_file.h"

namespace r50::sweep {

// What trials run on, as far as can be known here.
struct Place {
  std::string device;  // "cpu" or "cuda"
  std::string cpu;     // model
  int threads = 0;     // of arithmetic
  // Models of the slots' GPUs: on which of them a trial will be is not known before.
  std::vector<std::string> gpus = {};
  bool shared = false;  // several trials share a GPU, which makes each of them slower
};

struct Site {
  int slots = 1;
  std::optional<Place> place;  // none: another machine, such as a cluster's
};

// By [launcher], nothing being started. `slots`: trials at a time; 0: as many as there is place
// for.
Site site_of(const SweepFile& sweep, int slots);
// The same, with the GPUs that r50run sees here, which takes a second where there are some.
Site site_with_gpus(const SweepFile& sweep, int slots,
                    const std::function<std::vector<std::string>()>& ask);

}  // namespace r50::sweep
