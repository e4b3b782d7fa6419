#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "r50/value.h"
#include "sweep/file/sweep_file.h"

namespace r50::sweep {

struct WandbSweep {
  std::string yaml;                  // the file for `wandb sweep`
  std::vector<std::string> remarks;  // what is different there; in the file as comments, too
};

// The sweep in W&B's words: the same points (of a grid) or the same distribution of points (of
// random search), started by W&B's agents as `r50run BASE key=value ...`. Throws WrongInput with
// all that W&B cannot say, so that nobody takes another sweep for this one; wandb.cc has the list.
// `seed`: [run] seed of the experiment; replicates become a parameter of the grid.
WandbSweep wandb_sweep(const SweepFile& sweep, std::int64_t seed);

// A table as a YAML document: tables as blocks, lists in brackets. Readers of YAML 1.1 (PyYAML) and
// of 1.2 find the same in it: texts that either would take for something else ("no", "1e5") are
// quoted, and numbers are written as both know them ("1.0e-05"; "1e-05" is a text in 1.1).
std::string to_yaml(const Table& table);

}  // namespace r50::sweep
