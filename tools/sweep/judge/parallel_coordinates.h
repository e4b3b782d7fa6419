#pragma once

// Parallel coordinates: an axis for each varied parameter and one for the metric, a line for each
// point.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sweep/judge/groups.h"
#include "sweep/judge/varied_parameters.h"

namespace r50::sweep::judge {

struct ParallelAxis {
  std::string name;
  Parameter::Scale scale = Parameter::Scale::linear;
  std::vector<double> marks;        // 0 to 1, ascending
  std::vector<std::string> labels;  // one a mark
};

struct ParallelLine {
  std::size_t group = 0;
  std::vector<std::optional<double>> at;  // 0 to 1 on each axis; nothing where it does not apply
};

struct ParallelCoordinates {
  std::vector<ParallelAxis> axes;   // the metric's last
  std::vector<ParallelLine> lines;  // points with a finite mean, in their order
};

ParallelCoordinates parallel_coordinates(const std::vector<Group>& groups,
                                         const std::string& metric);

}  // namespace r50::sweep::judge
