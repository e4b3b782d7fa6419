#pragma once

// What a trial's folder says of it. The trial itself has written it; a launcher only knows whether
// its process is alive.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "r50/events.h"
#include "sweep/stop/stopper.h"

namespace r50::sweep {

// The last lines of its output, for people: of its log, else of what it printed.
std::string log_tail(base::Files& files, const std::string& trial_folder, int lines);

// What went wrong stands in a program's last line; before it, what was tried.
std::string last_line(std::string said);

// Paths of all checkpoints that lie there, best.pt included.
std::vector<std::string> checkpoint_files(base::Files& files, const std::string& trial_folder);

// run.json: what its latest start was computed on.
struct RunRecord {
  std::string r50, git, libtorch;
  std::string device, cpu, gpu, instructions, precision;
  std::int64_t compute_threads = 0;
  // What was other on the machine that last resumed it; empty: nothing. Another build is the
  // controller's own business (Builds).
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

// By its record and its result.
struct Facts {
  bool finished = false;            // result.json is there, or what a finder suggests
  std::vector<EpochValue> reports;  // of the metric, an evaluated epoch each; as the file has it
  std::optional<double> result;     // of a finished trial: the metric's last value, by result.json
  std::vector<std::string> known;   // the metrics that the result has
  std::int64_t rows = 0;            // of metrics.jsonl; of a finder, the lines it has said
  std::int64_t epochs = 0;          // the latest that is over, evaluated or not
  double usual_gap = 0;             // seconds from row to row, by what the rows say themselves
  double longest_gap = 0;           // the same, of the slowest
  std::optional<int> exit_code;     // of the latest start, if it has ended
};

// "top1", "top5" or "loss" of an evaluation.
double field_of(const EvaluationEvent& event, const std::string& field);

// `metric`: "top1", "ema.top1", "best.top1", "train_loss", or any number that another program has
// put into its result.json; "suggested_max_lr" of a learning-rate finder, which leaves
// lr_suggestion.json and no metrics. A result that cannot be read counts as none.
Facts read_facts(base::Files& files, const std::string& trial_folder, const std::string& metric);

}  // namespace r50::sweep
