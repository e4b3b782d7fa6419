#pragma once

// For a program that trains many variants of one experiment (r50sweep), before the first is
// trained.

#include <string>
#include <utility>

#include "probe/variants.h"

namespace r50::probe {

// Whether each would start, and what it would be: {"number": 3, "id": ..., "metrics": [...]}.
class BatchCheck {
 public:
  BatchCheck(base::Files& files, std::vector<std::string> experiment)
      : files_(files), variants_(files, std::move(experiment)) {}
  // See Variants::answer.
  std::string answer(const std::string& line);

 private:
  base::Files& files_;
  Variants variants_;
};

}  // namespace r50::probe
