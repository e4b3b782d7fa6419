#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sweep/judge/groups.h"

namespace r50::sweep::judge {

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

// Of a sweep that varied exactly two parameters, both everywhere.
std::optional<HeatMap> heat_map(const std::vector<Group>& groups);

// Over any two, further ones averaged out. Nothing where one of them did not vary.
std::optional<HeatMap> heat_map(const std::vector<Group>& groups, const std::string& row,
                                const std::string& column);

}  // namespace r50::sweep::judge
