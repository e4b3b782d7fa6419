#pragma once

// A chart as inline SVG: frame, grid, axes, and what is drawn into it.

#include <optional>
#include <string>
#include <vector>

#include "report/axis.h"
#include "sweep/judge/varied_parameters.h"
#include "sweep/page/html.h"
#include "sweep/page/scene.h"
#include "sweep/show/varied_words.h"

namespace r50::sweep::page {

// In the SVG's own units, one a pixel at full size. Phones draw the text larger, so there is room
// for that.
struct Frame {
  double width = 560, height = 340;
  double left = 66, right = 18, top = 34, bottom = 54;

  double inner_width() const { return width - left - right; }
  double inner_height() const { return height - top - bottom; }
};

class Plot {
 public:
  Plot(report::Axis x, report::Axis y, std::string x_title, std::string y_title, Frame frame = {});

  double x(double value) const;
  double y(double value) const;       // values beyond the axis lie on its end
  double open_y(double value) const;  // or, of lines, some way outside
  bool holds(double value) const { return value >= y_.low && value <= y_.high; }
  const Frame& frame() const { return frame_; }

  void add(const Html& drawn) { drawn_ += drawn; }  // cut off at the frame
  // `label`: for those who do not see it.
  Html svg(const std::string& label) const;

 private:
  Html grid() const;

  report::Axis x_, y_;
  std::string x_title_, y_title_;
  Frame frame_;
  Html drawn_;
};

Html label_at(double x, double y, Literal anchor, const std::string& words,
              const std::string& kind = "");
// About so wide is a text in a chart on a phone, where it is largest.
double text_room(const std::string& words);

// "M1 2L3 4": a curve; a value that is no number interrupts it.
struct At {
  double x = 0, y = 0;
};
std::string path_through(const std::vector<At>& points);

// The style sheet's classes for a look: "k2 d3"; "k0" for one of many.
std::string look_classes(std::optional<Look> look);
// What lights up together with its point, and has words for who points at it.
Html tied(const Scene& scene, std::optional<std::size_t> group, const std::string& kind,
          const std::string& words, const Html& drawn);
// One point's mark in its shape.
Html mark(const Scene& scene, std::optional<std::size_t> group, At at, const std::string& words,
          const std::string& kind = "");
// A shape alone: a disc, a square, a triangle, a diamond.
Html shape(std::optional<Look> look, At at, double size);

// The axis of a parameter: as far as its values go, with a little room.
report::Axis parameter_axis(const judge::Parameter& parameter);
// "lr (logarithmic)".
std::string axis_title(const Scene& scene, const judge::Parameter& parameter);
// Where a point lies on it: at its number, or a category's place. Nothing without a point, or
// without the parameter.
std::optional<double> on_axis(const judge::Parameter& parameter, const Scene& scene,
                              std::optional<std::size_t> group);

// From the best value to the worst, but one outlier may not flatten all others: what is `farthest`
// times as far from the best as the median lies beyond. Values that are no numbers do not count; 0
// to 1 without any.
struct Range {
  double low = 0, high = 1;
};
Range metric_range(std::vector<double> values, bool maximize, double farthest = 4);
report::Axis metric_axis(const std::vector<double>& values, bool maximize, double farthest = 4);
// From the least to the largest, by powers of ten where they span magnitudes.
report::Axis number_axis(std::vector<double> values);
// By powers of ten in any case. Values that are not above 0 do not count.
report::Axis magnitude_axis(std::vector<double> values);

}  // namespace r50::sweep::page
