#include "coverage.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace shapes {

void Coverage::clear(int height, int width) {
  height_ = height;
  width_ = width;
  change_.assign(static_cast<std::size_t>(height) * (width + 2), 0.0);
}

void Coverage::add(const Contour& contour) {
  for (std::size_t i = 0; i < contour.size(); ++i)
    edge(contour[i], contour[(i + 1) % contour.size()]);
}

void Coverage::row(int y, std::vector<double>& out) const {
  out.resize(static_cast<std::size_t>(width_));
  const double* change = change_.data() + static_cast<std::size_t>(y) * (width_ + 2);
  double sum = 0;
  for (int x = 0; x < width_; ++x) {
    sum += change[x];
    out[static_cast<std::size_t>(x)] = std::min(1.0, std::fabs(sum));
  }
}

// Everything right of a downward edge gains coverage, right of an upward one it loses it.
void Coverage::edge(Point a, Point b) {
  const double sign = a.y < b.y ? 1 : -1;
  if (a.y > b.y) std::swap(a, b);
  if (a.y == b.y) return;
  const double slope = (b.x - a.x) / (b.y - a.y);
  const int first = std::max(0, static_cast<int>(std::floor(a.y)));
  const int last = std::min(height_, static_cast<int>(std::ceil(b.y)));
  for (int row = first; row < last; ++row) {
    const double top = std::max<double>(row, a.y), bottom = std::min<double>(row + 1, b.y);
    const double x0 = std::clamp<double>(a.x + slope * (top - a.y), 0, width_);
    const double x1 = std::clamp<double>(a.x + slope * (bottom - a.y), 0, width_);
    cover(row, std::min(x0, x1), std::max(x0, x1), sign * (bottom - top));
  }
}

// A piece of edge within one row, spread over the pixels it passes.
void Coverage::cover(int row, double left, double right, double height) {
  double* change = change_.data() + static_cast<std::size_t>(row) * (width_ + 2);
  const int first = static_cast<int>(left);
  const int last = std::min(width_, static_cast<int>(right));
  for (int x = first; x <= last; ++x) {
    const double from = std::max<double>(left, x), to = std::min<double>(right, x + 1);
    const double share = right > left ? height * (to - from) / (right - left) : height;
    const double inside = x + 1 - (from + to) / 2;  // of this pixel, the part right of the edge
    change[x] += share * inside;
    change[x + 1] += share * (1 - inside);
  }
}

}  // namespace shapes
