#include "sweep/judge/charts.h"

#include <algorithm>

#include <absl/strings/str_format.h>

#include "report/text_table.h"
#include "sweep/page/plot.h"
#include "sweep/page/sections.h"

namespace r50::sweep::page {
namespace {

constexpr std::size_t most_lines = 400;
constexpr double axis_top = 46, axis_bottom = 296, lane = 330;  // the lane: "not set" there

double axis_y(double part) { return axis_bottom - part * (axis_bottom - axis_top); }

struct AxisPlaces {
  double first = 60, step = 180;
  double x(std::size_t axis) const { return first + static_cast<double>(axis) * step; }
};

Html drawn_axis(const judge::ParallelAxis& axis, const std::string& name, double x, bool lacking,
                std::size_t most_signs) {
  Html all = line_between("axis", x, x, axis_top, axis_bottom);
  double taken = 1e9;
  constexpr double line_height = 19;
  for (std::size_t i = 0; i < axis.marks.size(); ++i) {
    const double y = axis_y(axis.marks[i]);
    if (y > taken - line_height && i > 0) continue;
    taken = y;
    all += line_between("tick", x - 5, x, y, y);
    all += label_at(x - 8, y + 4.5, "end", shortened(axis.labels[i], most_signs), "halo");
  }
  if (lacking) all += label_at(x - 8, lane + 4.5, "end", "none", "halo");
  all += label_at(x, 18, "middle", shortened(name, 20), "title");
  if (axis.scale == judge::Parameter::Scale::logarithmic) {
    all += label_at(x, 33, "middle", "log", "small");
  }
  return all;
}

Html drawn_line(const View& view, const judge::ParallelLine& line, const AxisPlaces& columns) {
  std::vector<At> points;
  for (std::size_t i = 0; i < line.at.size(); ++i) {
    points.push_back({columns.x(i), line.at[i] ? axis_y(*line.at[i]) : lane});
  }
  const auto look = view.look(line.group);
  Html drawn = element("path", {{"d", path_through(points)}});
  if (look) drawn += shape(look, points.back(), 5);
  return tied(view, line.group, "curve " + look_classes(look),
              view.names.point(line.group) + ": " + view.value(view.groups[line.group].mean),
              drawn);
}

}  // namespace

Html parallel_chart(const View& view) {
  const judge::ParallelCoordinates chart =
      judge::parallel_coordinates(view.groups, view.sweep.metric.name);
  if (chart.axes.size() < 2) return {};  // the metric's alone
  AxisPlaces columns;
  const double spaces = static_cast<double>(chart.axes.size() - 1);
  constexpr double full = 1140, narrowest = 120, end = 70;
  std::size_t longest = 6;
  for (const std::string& label : chart.axes[0].labels) {
    longest = std::max(longest, report::columns(label));
  }
  constexpr std::size_t most_first = 16;
  columns.first = 14 + 9 * static_cast<double>(std::min(longest, most_first));
  columns.step = std::clamp((full - columns.first - end) / spaces, narrowest, 330.0);
  const double width = columns.first + spaces * columns.step + end;

  std::vector<std::size_t> drawn = drawn_groups(view, most_lines);
  std::sort(drawn.begin(), drawn.end());
  Html lines, leaders;
  for (const judge::ParallelLine& line : chart.lines) {
    if (!std::binary_search(drawn.begin(), drawn.end(), line.group)) continue;
    (view.look(line.group) ? leaders : lines) += drawn_line(view, line, columns);
  }
  const auto between = static_cast<std::size_t>((columns.step - 40) / 9);
  Html axes;
  bool any_lacking = false;
  for (std::size_t i = 0; i < chart.axes.size(); ++i) {
    const bool lacking = std::any_of(chart.lines.begin(), chart.lines.end(),
                                     [&](const auto& line) { return !line.at[i]; });
    any_lacking |= lacking;
    const bool metric = i + 1 == chart.axes.size();
    axes += drawn_axis(chart.axes[i],
                       metric ? chart.axes[i].name : view.names.parameter(chart.axes[i].name),
                       columns.x(i), lacking, i == 0 ? most_first : between);
  }
  const double height = any_lacking ? lane + 14 : axis_bottom + 14;
  const Html svg = element("svg",
                           {{"class", "chart wide"},
                            {"viewBox", "0 0 " + place(width) + " " + place(height)},
                            {"style", "max-width:" + place(width) + "px;min-width:" +
                                          place(std::min(width, 0.75 * width)) + "px"},
                            {"role", "img"},
                            {"aria-label", "parallel coordinates of all points"}},
                           lines + leaders + axes);
  std::string words = "A line a point, from its values to the mean of its seeds. ";
  if (any_lacking) words += "\"none\": the point does not have that parameter. ";
  if (chart.lines.size() > most_lines) {
    words += absl::StrFormat("Of %d points %d are drawn, the leading ones among them. ",
                             chart.lines.size(), most_lines);
  }
  return figure("Parallel coordinates", element("div", {{"class", "scroll"}}, svg), words, "all");
}

}  // namespace r50::sweep::page
