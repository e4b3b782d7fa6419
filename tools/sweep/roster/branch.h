#pragma once

// Where the trials of a sweep with `branch` begin: at a checkpoint of another run, their parent.

#include <cstdint>
#include <string>
#include <vector>

#include "base/files.h"
#include "sweep/ask/experiments.h"

namespace r50::sweep {

struct Branch {
  std::string checkpoint;  // absolute
  std::string sha256;      // of the file, as sha256sum prints it
  std::string id;          // what `r50run --branch` adds to a run's id
  std::int64_t step = 0;

  // Makes the answers those of branches: with the id that `r50run --branch` gives, and only the
  // epochs that a trial trains itself. A trial that would end before it begins is a problem.
  void apply_to(std::vector<Checked>& answers) const;

  // Writes what the sweep was begun with.
  void keep(base::Files& files, const std::string& path) const;
};

// `kept`: the file that keep() has written, if the sweep has begun. Throws WrongInput where the
// checkpoint is missing, damaged, or not the one that the sweep was begun with.
Branch open_branch(base::Files& files, const std::string& checkpoint, const Experiments& r50run,
                   const std::string& kept);

}  // namespace r50::sweep
