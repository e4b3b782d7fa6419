#pragma once

#include <string>
#include <vector>

#include "sweep/file/sweep_file.h"
#include "sweep/stop/stopper.h"
#include "sweep/trial/trial.h"

namespace r50::sweep {

struct OptunaTrial {
  Trial trial;
  std::vector<EpochValue> reports;  // of the metric, epoch by epoch
  double ended = 0;                 // seconds since 1970
};

// The ended trials as Optuna keeps studies in a file: JournalStorage(JournalFileBackend(FILE))
// opens it, as does optuna-dashboard. Finished trials are COMPLETE, stopped ones PRUNED with their
// latest value, failed ones FAIL, and so are those whose value is no number, as Optuna has it. The
// second stage is a study of its own, NAME-confirm: its values are of another experiment. What a
// trial sets beside the parameters (constants, run.seed) is in its user_attrs, as are its id and
// its number.
//
// Distributions: lists are categorical; ranges are floats or ints, logarithmic where they are;
// a step is kept where it is not logarithmic, which Optuna does not know together; a normal
// distribution, which it does not know either, is a range four deviations to both sides.
std::string optuna_journal(const SweepFile& sweep, const std::vector<OptunaTrial>& trials);

}  // namespace r50::sweep
