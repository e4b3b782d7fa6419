#pragma once

// Variants of one experiment, as r50sweep asks about them: a line each, an answer each.

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "assemble/assembly.h"
#include "assemble/opened.h"
#include "base/files.h"
#include "r50/dataset.h"

namespace r50::probe {

// Data sets are opened once for all variants that have the same.
class Variants {
 public:
  Variants(base::Files& files, std::vector<std::string> experiment)
      : files_(files), experiment_(std::move(experiment)) {}

  // Adds to the answer about a variant that can be opened.
  // `finder`: it is for find-lr, not for training.
  using Tell = std::function<void(assemble::Opened& opened, const assemble::DataSide& data,
                                  bool finder, nlohmann::ordered_json& answer)>;

  // One variant a line, in JSON: {"number": 3, "set": [{"word": "run.epochs=5", "file": "s.toml",
  // "line": 4, "column": 7}]}; with "finder": true as one for find-lr. The answer is a line as
  // well: {"number": 3, ...} with what `tell` has added, or {"number": 3, "problems": [{"where",
  // "what", "hint"}]}. Throws WrongInput for what is no such line.
  std::string answer(const std::string& line, const Tell& tell);

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
