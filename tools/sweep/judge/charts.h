#pragma once

// What two charts show. Parallel coordinates: an axis for each varied parameter and one for the
// metric, a line for each point. And a table over two parameters.

#include <cstddef>
#include <cstdint>
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

// A table over two parameters' values.
struct HeatMap {
  struct Cell {
    std::optional<double> mean;  // over seeds, and over further parameters' values
    std::int64_t trials = 0;     // that the mean is over
    std::int64_t diverged = 0;   // finished without a number: the cell is no hole, but has no mean
  };

  std::string row_name, column_name;
  std::vector<std::string> rows, columns;  // the values, as on an axis
  std::vector<std::vector<Cell>> cells;    // a vector a row
};

// Over two of the parameters that vary, further ones averaged out.
HeatMap heat_map(const std::vector<Group>& groups, const Parameter& row, const Parameter& column);

}  // namespace r50::sweep::judge
