#pragma once

// One chart of a picture: axes, grid, legend, lines.

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "report/axis.h"
#include "report/canvas.h"

namespace r50::report {

struct Series {
  std::string name;  // empty: not in the legend
  Color color;
  double width = 2;  // in units of the picture's scale
  bool dashed = false;
  bool dots = false;  // a dot at each point, so that few points can be seen
  std::vector<Point> points;
};

struct Band {  // between two lines over the same x; below all series
  std::string name;
  Color color;
  std::vector<Point> low, high;
};

struct VerticalLine {  // a line from top to bottom
  std::string name;
  Color color;
  double x = 0;
  double width = 2;
  bool dashed = false;
};

struct Callout {  // a ring around a point, with words
  Point at;
  std::string text;
  Color color;
};

struct Panel {
  std::string title;
  std::string x_title;  // empty: the chart below has it
  Axis x, y;
  std::vector<Series> series;  // later ones lie on top
  std::vector<Band> bands = {};
  std::vector<VerticalLine> marks = {};
  std::optional<Callout> callout;
};

namespace paint {
inline constexpr Color paper{1, 1, 1};
inline constexpr Color ink{0.13, 0.15, 0.18};
inline constexpr Color faint{0.42, 0.45, 0.49};
inline constexpr Color grid{0.90, 0.91, 0.92};
inline constexpr Color frame{0.72, 0.74, 0.76};
}  // namespace paint

// Okabe and Ito's colours, which readers with any colour vision can distinguish. Lines after the
// sixth are dashed.
inline constexpr std::array line_colors = {Color{0.000, 0.447, 0.698}, Color{0.835, 0.369, 0.000},
                                           Color{0.000, 0.620, 0.451}, Color{0.800, 0.475, 0.655},
                                           Color{0.337, 0.706, 0.914}, Color{0.902, 0.624, 0.000}};

// As much of the text as has room.
std::string fitting(Canvas& canvas, std::string text, Font font, double room);

// What a picture begins with: whose it is on the left, what came of it on the right.
struct Heading {
  std::string name, id, result;  // the last two may be empty
};
void draw_heading(Canvas& canvas, Box box, const Heading& heading, double scale);

// What the numbers left of the chart need. Charts above each other take the larger, to be in line.
double label_room(Canvas& canvas, const Panel& panel, double scale);

// `scale` 1 suits a picture of 1200 by 800.
void draw(Canvas& canvas, Box box, const Panel& panel, double label_room, double scale);

}  // namespace r50::report
