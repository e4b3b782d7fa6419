#pragma once

#include <string>

namespace r50::sweep {

// What a trial's weight set is called in the run that it is trained in.
struct SetName {
  std::string own, in_run;
  friend bool operator==(const SetName&, const SetName&) = default;
};

}  // namespace r50::sweep
