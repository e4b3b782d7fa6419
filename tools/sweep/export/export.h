#pragma once

// A sweep for other programs.

#include <cstdint>
#include <string>
#include <vector>

#include "r50/value.h"
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

struct WandbSweep {
  std::string yaml;                  // the file for `wandb sweep`
  std::vector<std::string> remarks;  // what is different there; in the file as comments, too
};

// The sweep in W&B's words: the same points (of a grid) or the same distribution of points (of
// random search), started by W&B's agents as `r50run BASE key=value ...`. Throws WrongInput with
// all that W&B cannot say, so that another sweep is not taken for this one; wandb.cc has the list.
// `seed`: [run] seed of the experiment; replicates become a parameter of the grid.
WandbSweep wandb_sweep(const SweepFile& sweep, std::int64_t seed);

// A table as a YAML document: tables as blocks, lists in brackets. Readers of YAML 1.1 (PyYAML) and
// of 1.2 find the same in it: texts that either would take for something else ("no", "1e5") are
// quoted, and numbers are written as both know them ("1.0e-05"; "1e-05" is a text in 1.1).
std::string to_yaml(const Table& table);

}  // namespace r50::sweep
