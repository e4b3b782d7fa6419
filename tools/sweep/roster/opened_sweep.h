#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/files.h"
#include "sweep/ask/experiments.h"
#include "sweep/launch/process_mark.h"
#include "sweep/roster/begun_with.h"
#include "sweep/roster/roster.h"

namespace r50::sweep {

// runs/SWEEP: what a sweep was begun with, frozen, and who works on it.
class SweepFolder {
 public:
  // `runs`: where sweeps lie, runs/ of the current directory. Nothing is written.
  SweepFolder(base::Files& files, const std::string& runs, const SweepFile& sweep);

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  bool begun() const;
  // Throws WrongInput where no sweep has begun, but the folder holds something else.
  void refuse_others() const;

  // Makes the folder, or refuses the sweep file's edits since it was made; takes the lock. Throws
  // WrongInput if another controller has it, naming it.
  void open(const Experiments* experiments, const FrozenEnvironment& environment,
            const Branch* branch = nullptr);
  // Who works on it, or did last: as the lock's file has it.
  std::optional<ProcessMark> holder() const;
  // The experiment as it was when the sweep began; trials run this file. With another trial program
  // it is the base itself.
  std::vector<std::string> experiment() const;

 private:
  void freeze(const Experiments* experiments, const Branch* branch);
  void refuse_edits();

  base::Files& files_;
  const SweepFile& sweep_;
  std::string path_;
  std::unique_ptr<base::FileLock> lock_;
};

// What has been changed in a sweep file that may not be while the sweep is under way: all but more
// values at the end of a list, more seeds, and another run_cap.
void check_edits(const Value& before, const Value& now, Problems& problems);

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
