#pragma once

// For a program that trains many variants of one experiment (r50sweep), before the first is
// trained.

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/files.h"
#include "config/experiment.h"
#include "plugin/host.h"
#include "r50/dataset.h"

namespace r50::probe {

// Whether each would start, and what it would be. Data sets are opened once for all variants that
// have the same.
class BatchCheck {
 public:
  BatchCheck(base::Files& files, std::vector<std::string> experiment)
      : files_(files), experiment_(std::move(experiment)) {}

  // One variant a line, in JSON: {"number": 3, "set": [{"word": "run.epochs=5", "file": "s.toml",
  // "line": 4, "column": 7}]}; with "finder": true as one for find-lr. The answer is a line as
  // well: {"number": 3, "id": ..., "metrics": [...], ...}, or {"number": 3, "problems": [{"where",
  // "what", "hint"}]}. Throws WrongInput for what is no such line.
  std::string answer(const std::string& line);

 private:
  struct OpenDataset {
    std::unique_ptr<host::Host> host;
    Held<Dataset> dataset;
  };
  const Held<Dataset>& dataset(const config::Experiment& experiment);

  base::Files& files_;
  std::vector<std::string> experiment_;  // its files
  std::map<std::string, OpenDataset> datasets_;
};

}  // namespace r50::probe
