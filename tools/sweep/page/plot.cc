#include "sweep/page/plot.h"

#include <algorithm>
#include <cmath>

#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>

#include "report/text_table.h"

namespace r50::sweep::page {
namespace {

constexpr double widest_sign = 10;  // of the font on a phone
constexpr double between_labels = 10;

Html straight(double x1, double y1, double x2, double y2, const std::string& kind) {
  return element("line", {{"x1", place(x1)},
                          {"y1", place(y1)},
                          {"x2", place(x2)},
                          {"y2", place(y2)},
                          {"class", kind}});
}

}  // namespace

double text_room(const std::string& words) {
  return static_cast<double>(report::columns(words)) * widest_sign;
}

Html label_at(double x, double y, Literal anchor, const std::string& words,
              const std::string& kind) {
  const std::string align(anchor.text);
  if (kind.empty()) {
    return element("text", {{"x", place(x)}, {"y", place(y)}, {"text-anchor", align}}, text(words));
  }
  return element("text",
                 {{"x", place(x)}, {"y", place(y)}, {"text-anchor", align}, {"class", kind}},
                 text(words));
}

Plot::Plot(report::Axis x, report::Axis y, std::string x_title, std::string y_title, Frame frame)
    : x_(std::move(x)),
      y_(std::move(y)),
      x_title_(std::move(x_title)),
      y_title_(std::move(y_title)),
      frame_(frame) {}

double Plot::x(double value) const {
  const double part = std::clamp(x_.part(value), -0.05, 1.05);
  return frame_.left + part * frame_.inner_width();
}

double Plot::y(double value) const {
  if (std::isnan(value)) return value;
  const double part = std::clamp(y_.part(value), 0.0, 1.0);
  return frame_.height - frame_.bottom - part * frame_.inner_height();
}

double Plot::open_y(double value) const {
  const double part = std::clamp(y_.part(value), -3.0, 4.0);
  return frame_.height - frame_.bottom - part * frame_.inner_height();
}

Html Plot::grid() const {
  const double left = frame_.left, right = frame_.width - frame_.right;
  const double top = frame_.top, bottom = frame_.height - frame_.bottom;
  Html all;
  for (std::size_t i = 0; i < y_.ticks.size(); ++i) {
    const double at = y(y_.ticks[i]);
    all += straight(left, at, right, at, "grid");
    all += label_at(left - 8, at + 4.5, "end", y_.labels[i]);
  }
  double taken = -1e9;
  for (std::size_t i = 0; i < x_.ticks.size(); ++i) {
    const double at = x(x_.ticks[i]);
    all += straight(at, top, at, bottom, "grid");
    const std::string& words = x_.labels[i];
    const double half = text_room(words) / 2;
    if (at - half < taken) continue;
    taken = at + half + between_labels;
    // The last one would be cut off at the picture's edge.
    const bool at_end = at + half > frame_.width;
    all += at_end ? label_at(frame_.width - 1, bottom + 19, "end", words)
                  : label_at(at, bottom + 19, "middle", words);
  }
  all += straight(left, bottom, right, bottom, "axis");
  all += label_at((left + right) / 2, frame_.height - 8, "middle", x_title_, "title");
  all += label_at(4, 17, "start", y_title_, "title");
  return all;
}

Html Plot::svg(const std::string& label) const {
  const std::string box = "0 0 " + place(frame_.width) + " " + place(frame_.height);
  constexpr double spare = 6;  // half a mark
  const std::string x = place(frame_.left - spare), y = place(frame_.top - spare);
  const std::string width = place(frame_.inner_width() + 2 * spare);
  const std::string height = place(frame_.inner_height() + 2 * spare);
  const Html inside = element("svg",
                              {{"x", x},
                               {"y", y},
                               {"width", width},
                               {"height", height},
                               {"viewBox", x + " " + y + " " + width + " " + height}},
                              drawn_);
  return element("svg",
                 {{"class", "chart"}, {"viewBox", box}, {"role", "img"}, {"aria-label", label}},
                 grid() + inside);
}

std::string path_through(const std::vector<At>& points) {
  std::string path;
  bool down = false;
  for (const At& point : points) {
    if (!std::isfinite(point.x) || !std::isfinite(point.y)) {
      down = false;
      continue;
    }
    path += (down ? "L" : "M") + place(point.x) + " " + place(point.y);
    down = true;
  }
  return path;
}

Html shape(std::optional<Look> look, At at, double size) {
  const double r = size;
  const std::size_t kind = look ? look->dash : 0;
  const auto corner = [&](double x, double y) {
    return place(at.x + x * r) + " " + place(at.y + y * r);
  };
  const auto polygon = [](const std::vector<std::string>& corners) {
    return element("path", {{"d", "M" + absl::StrJoin(corners, "L") + "Z"}});
  };
  if (kind == 1) {
    const std::string side = place(1.8 * r);
    return element("rect", {{"x", place(at.x - 0.9 * r)},
                            {"y", place(at.y - 0.9 * r)},
                            {"width", side},
                            {"height", side}});
  }
  if (kind == 2) return polygon({corner(0, -1.2), corner(1.15, 0.85), corner(-1.15, 0.85)});
  if (kind == 3) {
    return polygon({corner(0, -1.35), corner(1.35, 0), corner(0, 1.35), corner(-1.35, 0)});
  }
  return element("circle", {{"cx", place(at.x)}, {"cy", place(at.y)}, {"r", place(r)}});
}

std::string look_classes(std::optional<Look> look) {
  if (!look) return "k0";
  return absl::StrFormat("k%d d%d", look->color + 1, look->dash + 1);
}

Html tied(const Scene& scene, std::optional<std::size_t> group, const std::string& kind,
          const std::string& words, const Html& drawn) {
  return element("g", {{"class", kind}, {"data-p", scene.tie(group)}},
                 element("title", text(words)) + drawn);
}

Html mark(const Scene& scene, std::optional<std::size_t> group, At at, const std::string& words,
          const std::string& kind) {
  const auto look = scene.look(group);
  return tied(scene, group, "mark " + look_classes(look) + (kind.empty() ? "" : " " + kind), words,
              shape(look, at, look ? 5 : 3.5));
}

}  // namespace r50::sweep::page
