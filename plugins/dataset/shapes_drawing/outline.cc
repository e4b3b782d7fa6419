#include "outline.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "r50/random.h"

namespace shapes {
namespace {

constexpr double pi = 3.14159265358979323846;

Point on_circle(double radius, double turns, Point center = {}) {
  const double angle = 2 * pi * turns;
  return {center.x + radius * r50::exact::sin(angle), center.y - radius * r50::exact::cos(angle)};
}

// `turns` from one angle to another along a circle; forwards is clockwise on the screen.
Contour arc(double radius, double from, double to, int pieces, Point center = {}) {
  Contour contour;
  for (int i = 0; i <= pieces; ++i) {
    contour.push_back(on_circle(radius, from + (to - from) * i / pieces, center));
  }
  return contour;
}

Contour polygon(int corners, double first_turn = 0) {
  Contour contour;
  for (int i = 0; i < corners; ++i) {
    contour.push_back(on_circle(1, first_turn + static_cast<double>(i) / corners));
  }
  return contour;
}

Contour circle(double radius) { return arc(radius, 0, 1, 40); }

Contour backwards(Contour contour) {
  std::reverse(contour.begin(), contour.end());
  return contour;
}

Contour cross() {
  constexpr double a = 0.3, b = 0.95;
  return {{-a, -b}, {a, -b}, {a, -a}, {b, -a}, {b, a},   {a, a},
          {a, b},   {-a, b}, {-a, a}, {-b, a}, {-b, -a}, {-a, -a}};
}

// Three quarters of the unit circle, closed by half an ellipse from tip to tip.
Contour crescent() {
  Contour contour = arc(1, 0.12, 0.88, 32);
  const Point tip = contour.back();
  for (int i = 1; i < 24; ++i) {
    const double angle = pi * i / 24;
    contour.push_back({tip.x * r50::exact::cos(angle), tip.y + 1.2 * r50::exact::sin(angle)});
  }
  return contour;
}

Contour heart() {
  Contour contour;
  for (int i = 0; i < 40; ++i) {  // the well-known sine-cube curve, scaled into the unit circle
    const double t = 2 * pi * i / 40;
    const double s = r50::exact::sin(t);
    const double y = 13 * r50::exact::cos(t) - 5 * r50::exact::cos(2 * t) -
                     2 * r50::exact::cos(3 * t) - r50::exact::cos(4 * t);
    contour.push_back({16 * s * s * s / 17.5, -(y + 2.5) / 17.5});
  }
  return contour;
}

Contour arrow() {
  return {{0, -1},       {0.75, -0.1},  {0.28, -0.1}, {0.28, 0.95},
          {-0.28, 0.95}, {-0.28, -0.1}, {-0.75, -0.1}};
}

Contour hourglass() {
  return {{-0.75, -0.65}, {0.75, -0.65}, {0.1, 0}, {0.75, 0.65}, {-0.75, 0.65}, {-0.1, 0}};
}

Contour rectangle(double a, double b) { return {{-a, -b}, {a, -b}, {a, b}, {-a, b}}; }

Contour turned(Contour contour, double turns) {
  const double cosine = r50::exact::cos(2 * pi * turns), sine = r50::exact::sin(2 * pi * turns);
  for (Point& p : contour) p = {p.x * cosine - p.y * sine, p.x * sine + p.y * cosine};
  return contour;
}

double area(const Contour& contour) {
  double twice = 0;
  for (std::size_t i = 0; i < contour.size(); ++i) {
    const Point& a = contour[i];
    const Point& b = contour[(i + 1) % contour.size()];
    twice += a.x * b.y - b.x * a.y;
  }
  return twice / 2;
}

// All shapes cover the same area, so that a picture's mean colour says nothing.
Shape shape(std::string_view name, Outline outline) {
  double covered = 0;
  for (const Contour& contour : outline) covered += area(contour);
  const double scale = std::sqrt(1.5 / std::fabs(covered));
  for (Contour& contour : outline) {
    for (Point& point : contour) point = {point.x * scale, point.y * scale};
  }
  return {name, std::move(outline)};
}

}  // namespace

std::span<const Shape> all_shapes() {
  // No class is another's mirror image: `flip` may show any of them.
  static const std::array<Shape, 12> shapes = {
      shape("circle", {circle(1)}),
      shape("ring", {circle(1), backwards(circle(0.62))}),
      shape("frame", {rectangle(1, 1), backwards(rectangle(0.58, 0.58))}),
      shape("triangle", {polygon(3)}),
      shape("bar", {rectangle(1, 0.3)}),
      shape("post", {rectangle(0.3, 1)}),
      shape("cross", {cross()}),
      shape("times", {turned(cross(), 0.125)}),
      shape("crescent", {crescent()}),
      shape("hourglass", {hourglass()}),
      shape("arrow", {arrow()}),
      shape("heart", {heart()}),
  };
  return shapes;
}

}  // namespace shapes
