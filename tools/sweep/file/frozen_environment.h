#pragma once

// What ${NAME} in a sweep file was when the sweep first met it: a later start from another shell
// must not make other trials of the same lines.

#include <map>
#include <optional>
#include <string>

#include "base/files.h"
#include "sweep/file/sweep_file.h"

namespace r50::sweep {

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

}  // namespace r50::sweep
