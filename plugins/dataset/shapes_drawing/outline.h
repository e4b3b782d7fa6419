#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace shapes {

struct Point {
  double x = 0;
  double y = 0;
};

// A closed line; inner ones (holes) run the other way round.
using Contour = std::vector<Point>;
using Outline = std::vector<Contour>;

// One class of the data set: what is learned is the outline and nothing else.
struct Shape {
  std::string_view name;
  Outline outline;  // around (0, 0), y downwards, all of one area
};

// In the order of the labels. Made once; never changes.
std::span<const Shape> all_shapes();

}  // namespace shapes
