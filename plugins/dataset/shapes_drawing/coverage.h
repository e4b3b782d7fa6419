#pragma once

#include <vector>

#include "outline.h"

namespace shapes {

// How much of each pixel lies inside an outline, exactly (box filter), so that edges are smooth.
// Plain sums and products in a fixed order: the same bits on every machine.
class Coverage {
 public:
  void clear(int height, int width);
  // Outlines may lie partly outside.
  void add(const Contour& contour);
  // Row y as values in 0..1; turns what was added into coverage, so once a row.
  void row(int y, std::vector<double>& out) const;

 private:
  void edge(Point a, Point b);
  void cover(int row, double left, double right, double height);
  int height_ = 0, width_ = 0;
  std::vector<double> change_;  // of coverage from one pixel of a row to the next
};

}  // namespace shapes
