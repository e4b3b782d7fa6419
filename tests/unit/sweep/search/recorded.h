#pragma once

// Recorded numbers of other programs.

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace r50::sweep {

// The numbers of a file under tests/data; its first `headings` lines are left out.
inline std::vector<std::vector<double>> recorded(const std::string& name, int headings = 0) {
  std::ifstream file(std::string(R50_SOURCE_DIR) + "/tests/data/" + name);
  if (!file) throw std::runtime_error("no recorded data in tests/data/" + name);
  std::vector<std::vector<double>> rows;
  for (std::string line; std::getline(file, line);) {
    if (headings-- > 0) continue;
    std::istringstream cells(line);
    rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(std::stod(cell));
  }
  return rows;
}

}  // namespace r50::sweep
