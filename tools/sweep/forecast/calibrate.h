#pragma once

// r50run check, asked what a run of a kind takes: for kinds that have no finished run.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "sweep/forecast/pace.h"

namespace r50::sweep {

// Trains some steps of the experiment with these words, a minute at most, and writes nothing.
// Throws an Error with what r50run says where that does not work.
Pace measured_pace(const std::string& r50run, const std::vector<std::string>& experiment,
                   const std::vector<std::string>& words);

// What `r50run check --json` has printed. Throws an Error for anything else.
Pace parse_measured(const std::string& json);

// The figures of earlier measurements, kept in one file: by kind and place.
class MeasuredPaces {
 public:
  MeasuredPaces(base::Files& files, std::string path);

  std::optional<Pace> find(const std::string& key) const;
  void keep(const std::string& key, const Pace& pace);  // written at once

 private:
  base::Files& files_;
  std::string path_;
  std::map<std::string, Pace> known_;
};

}  // namespace r50::sweep
