#pragma once

// What lies in a trial's folder, beside its record (facts.h).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"

namespace r50::sweep {

// The last lines of its output, for people: of its log, else of what it printed.
std::string log_tail(base::Files& files, const std::string& trial_folder, int lines);

// Paths of all checkpoints that lie there, best.pt included.
std::vector<std::string> checkpoint_files(base::Files& files, const std::string& trial_folder);

// run.json: what its latest start was computed on.
struct RunRecord {
  std::string device, cpu, gpu;
  std::int64_t compute_threads = 0;
  // What was other on the machine that last resumed it; empty: nothing. Another build is the
  // controller's own business (builds.h).
  std::string went_on;
};

// Nothing where there is no such file that can be read, as of another program.
std::optional<RunRecord> read_run_record(base::Files& files, const std::string& trial_folder);

// When a file was last written, in seconds since 1970; nothing if there is none. No decision hangs
// on it, as clocks of other machines may be wrong.
std::optional<double> written_at(const std::string& path);

// How long a trial that an earlier controller began has run: until now, or, if it has ended
// meanwhile, until it last wrote into its folder. `began` as the trial has it; 0 where that is not
// known, or the clock was set back.
double seconds_without_controller(const std::string& folder, double began, const base::Clock& clock,
                                  bool ended);

}  // namespace r50::sweep
