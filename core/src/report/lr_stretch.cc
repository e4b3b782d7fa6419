#include "report/lr_stretch.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace r50::report {

LrStretch over_seeds(const std::vector<LrCurve>& curves) {
  LrStretch found;
  std::size_t common = curves.empty() ? 0 : curves.front().losses.size();
  for (const LrCurve& curve : curves) common = std::min(common, curve.losses.size());
  for (std::size_t i = 0; i < common; ++i) {
    const double rate = curves.front().rates[i];
    std::vector<std::optional<double>> losses;
    for (const LrCurve& curve : curves) {
      if (std::isfinite(curve.losses[i])) losses.emplace_back(curve.losses[i]);
    }
    if (losses.size() < curves.size()) break;
    const auto [low, high] = std::minmax_element(losses.begin(), losses.end());
    found.low.push_back({rate, **low});
    found.middle.push_back({rate, *median(losses)});
    found.high.push_back({rate, **high});
  }
  return found;
}

// From the best loss to somewhat above where the sweep began: what comes later only runs away.
Axis loss_axis(const std::vector<LrCurve>& curves) {
  double low = std::numeric_limits<double>::infinity(), high = -low, begin = -low;
  for (const LrCurve& curve : curves) {
    for (std::size_t i = 0; i < curve.losses.size(); ++i) {
      const double loss = curve.losses[i];
      if (!std::isfinite(loss)) continue;
      low = std::min(low, loss);
      high = std::max(high, loss);
      if (i <= curve.losses.size() / 10) begin = std::max(begin, loss);
    }
  }
  if (!(low <= high)) return value_axis(0, 1, 8);
  if (begin >= low) high = std::min(high, begin + std::max(0.4 * (begin - low), 0.05 * begin));
  return value_axis(low, high, 8);
}

double height_at(const std::vector<Point>& line, double rate) {
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (line[i].x < rate) continue;
    const double part = std::log(rate / line[i - 1].x) / std::log(line[i].x / line[i - 1].x);
    return line[i - 1].y + part * (line[i].y - line[i - 1].y);
  }
  return line.empty() ? 0 : line.back().y;
}

Axis rate_axis(const std::vector<LrCurve>& curves) {
  double lowest = std::numeric_limits<double>::infinity(), highest = 0;
  for (const LrCurve& curve : curves) {
    for (const double rate : curve.rates) {
      lowest = std::min(lowest, rate);
      highest = std::max(highest, rate);
    }
  }
  return lowest <= highest ? log_axis(lowest, highest) : log_axis(1e-7, 10);
}

std::string lr_picture(const Panel& panel, const Heading& heading, int width, int height) {
  const double scale = std::max(std::min(width / 1200.0, height / 700.0), 0.72);
  const double margin = 26 * scale;
  Canvas canvas(width, height, paint::paper);
  const Box inside{margin, 16 * scale, width - 2 * margin, height - 28 * scale};
  draw_heading(canvas, inside, heading, scale);
  const double top = inside.top + 48 * scale;
  draw(canvas, {inside.left, top, inside.width, inside.bottom() - top}, panel,
       label_room(canvas, panel, scale), scale);
  return canvas.png();
}

}  // namespace r50::report
