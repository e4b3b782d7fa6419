#pragma once

// The folder of a trial that was trained within a merged run: what its own run would have left
// there.

#include <string>
#include <vector>

#include "base/files.h"
#include "r50/events.h"
#include "sweep/trial/trial.h"

namespace r50::sweep {

// The rows that its own run would have written: of its own weight sets, under their own names, in
// their own order, best among themselves by `metric` ("top1", "top5" or "loss").
std::vector<Row> own_rows(const std::vector<Row>& rows, const std::vector<SetName>& sets,
                          const std::string& metric);

struct Following {
  std::string id;        // the trial's
  std::string from, to;  // the merged run's folder and the trial's
  std::vector<SetName> sets;
  std::string metric;    // [checkpoint] metric
  std::string resolved;  // its own experiment
};

// All but checkpoints: those hold all averages of the merged run, and lie there. result.json comes
// last, if the run has one: not if it diverged. May be killed at any point and done again.
void follow_run(base::Files& files, const Following& following);

}  // namespace r50::sweep
