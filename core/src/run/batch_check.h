#pragma once

// For whoever is to train many variants of one experiment (r50sweep): whether each would start, and
// what it would be, before the first is trained. Data sets are opened once for all variants that
// have the same.

#include <map>
#include <memory>
#include <string>

#include "base/files.h"
#include "r50/dataset.h"
#include "run/opened.h"

namespace r50::run {

class BatchCheck {
 public:
  BatchCheck(base::Files& files, std::string file) : files_(files), file_(std::move(file)) {}

  // One variant a line, in JSON: {"number": 3, "set": [{"word": "run.epochs=5", "file": "s.toml",
  // "line": 4, "column": 7}]}. The answer, a line as well, says what run it is, or what is wrong:
  // {"number": 3, "id": ..., "metrics": [...]} or {"number": 3, "problems": [{"where", "what",
  // "hint"}]}. Throws WrongInput for what is no such line.
  std::string answer(const std::string& line);

 private:
  struct OpenDataset {
    std::unique_ptr<host::Host> host;
    Held<Dataset> dataset;
  };
  const Held<Dataset>& dataset(const config::Experiment& experiment);

  base::Files& files_;
  std::string file_;
  std::map<std::string, OpenDataset> datasets_;
};

}  // namespace r50::run
