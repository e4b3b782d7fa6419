#pragma once

// By what a sweep's trials were trained: of r50run and each plugin, which build. Trials of
// different builds need not be comparable, so they are not mixed unless the user allows it.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/files.h"
#include "sweep/ask/experiments.h"

namespace r50::sweep {

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
