#pragma once

#include <memory>
#include <optional>

#include "sweep/ask/experiments.h"
#include "sweep/roster/begun_with.h"
#include "sweep/roster/roster.h"
#include "sweep/roster/sweep_folder.h"

namespace r50::sweep {

// A sweep as a verb finds it: its file read, its folder known, its variants askable.
struct OpenedSweep {
  SweepFile file;
  std::optional<Experiments> r50run;  // none with another trial program
  SweepFolder folder;
  FrozenEnvironment environment;

  explicit OpenedSweep(const std::string& path);
  OpenedSweep(const OpenedSweep&) = delete;
  OpenedSweep& operator=(const OpenedSweep&) = delete;

  // Where the trials begin; nothing unless the file has `branch`. Reads the checkpoint, once.
  const std::optional<Branch>& branch() const;

  // Of the frozen experiment, or before that of the base. Throws WrongInput for a metric that the
  // variants do not have.
  Ask ask() const;
  // Of runs that train several trials at once; nothing where each trial is a run of its own.
  Ask ask_merged() const;
  // [run] seed of the experiment: replicates count on from it.
  std::int64_t seed() const;

  // The words that give a trial this many threads, unless the sweep varies them.
  std::vector<std::string> thread_words(int threads) const;

  // What the ledger holds, without opening it: from status.json; empty if there is none.
  std::vector<Trial> seen_trials() const;

 private:
  mutable std::optional<Branch> branch_;
};

}  // namespace r50::sweep
