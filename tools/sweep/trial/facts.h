#pragma once

// What a trial's folder says of it. The trial itself has written it; a launcher only knows whether
// its process is alive.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "sweep/stop/stopper.h"

namespace r50::sweep {

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

// `metric`: "top1", "ema.top1", "best.top1", "train_loss", or any number that another program has
// put into its result.json; "suggested_max_lr" of a learning-rate finder, which leaves
// lr_suggestion.json and no metrics. A result that cannot be read counts as none.
Facts read_facts(base::Files& files, const std::string& trial_folder, const std::string& metric);

}  // namespace r50::sweep
