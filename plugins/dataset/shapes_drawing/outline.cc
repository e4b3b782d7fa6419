#include "outline.h"

#include <algorithm>
#include <array>

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

Contour star() {
  Contour contour;
  for (int i = 0; i < 10; ++i) contour.push_back(on_circle(i % 2 == 0 ? 1.0 : 0.42, i / 10.0));
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

Contour bolt() {
  return {{0.25, -0.97}, {-0.6, 0.15}, {-0.05, 0.15}, {-0.3, 0.95}, {0.6, -0.25}, {0.08, -0.25}};
}

}  // namespace

std::span<const Shape> all_shapes() {
  static const std::array<Shape, 12> shapes = {{
      {"circle", {circle(0.9)}},
      {"ring", {circle(1), backwards(circle(0.58))}},
      {"square", {polygon(4, 0.125)}},
      {"triangle", {polygon(3)}},
      {"star", {star()}},
      {"cross", {cross()}},
      {"crescent", {crescent()}},
      {"heart", {heart()}},
      {"arrow", {arrow()}},
      {"hourglass", {hourglass()}},
      {"bolt", {bolt()}},
      {"pentagon", {polygon(5)}},
  }};
  return shapes;
}

}  // namespace shapes
