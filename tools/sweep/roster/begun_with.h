#pragma once

// What a sweep was begun with, beside its frozen file and experiment, each in a file of its folder:
// the environment, the checkpoint that its trials branch from, and the builds that train them.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "sweep/ask/experiments.h"
#include "sweep/file/sweep_file.h"

namespace r50::sweep {

// What ${NAME} in a sweep file was when the sweep first met it: a later start from another shell
// must not make other trials of the same lines.
class FrozenEnvironment {
 public:
  // `file`: runs/SWEEP/environment.json, which need not be there. Throws WrongInput if it is
  // damaged.
  FrozenEnvironment(base::Files& files, std::string file);

  // In all values that trials are given; reports what is not set. Names that the file lacks come
  // from this process.
  void fill_in(SweepFile& sweep, Problems& problems);
  // Writes the file if there are new names.
  void keep() const;

 private:
  base::Files& files_;
  std::string file_;
  std::map<std::string, std::optional<std::string>> known_;  // none: it was not set
  bool grown_ = false;
};

// Where the trials of a sweep with `branch` begin: at a checkpoint of another run, their parent.
struct Branch {
  std::string checkpoint;  // absolute
  std::string sha256;      // of the file, as sha256sum prints it
  std::string id_suffix;   // that `r50run --branch` gives to a run's id
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

// By what a sweep's trials were trained: of r50run and each plugin, which build. Trials of
// different builds need not be comparable, so they are not mixed unless the user allows it.
class Builds {
 public:
  // `file`: runs/SWEEP/builds.json, the builds in the order they came up.
  Builds(base::Files& files, std::string file);

  // Trials are to be started by `now`. What it shares with the latest build must be the same; what
  // is new in it (a plugin that no trial had so far) is noted. If something differs, it is
  // another build from here on, where that is allowed (`mixed`); else throws WrongInput with what
  // differs.
  void meet(const Build& now, bool mixed);

  std::int64_t number() const { return number_; }  // of the build that was met last; -1: none was

 private:
  base::Files& files_;
  std::string file_;
  std::vector<Build> builds_;
  std::int64_t number_ = -1;
};

// What all of these answers name.
Build build_of(const std::vector<Checked>& answers);

}  // namespace r50::sweep
