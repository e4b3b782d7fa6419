#include "report/lr_chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "report/format.h"

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

namespace {

// One panel below a heading, as a PNG.
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

// --- one finder ---

// Okabe and Ito's, in the order of lr_rules.
constexpr std::array rule_colors = {Color{0.000, 0.447, 0.698}, Color{0.000, 0.620, 0.451},
                                    Color{0.800, 0.475, 0.655}, Color{0.902, 0.624, 0.000}};
constexpr Color divergence_color{0.835, 0.369, 0.000};
constexpr Color loss_color{0.13, 0.15, 0.18};
constexpr Color seed_color{0.35, 0.37, 0.40, 0.45};
constexpr Color band_color{0.80, 0.82, 0.85};

Panel panel_of(const LrChart& chart) {
  Panel panel;
  panel.title = "Loss, running mean";
  panel.x_title = "learning rate";
  panel.x = rate_axis(chart.curves);
  panel.y = loss_axis(chart.curves);

  const bool several = chart.curves.size() > 1;
  LrStretch stretch = over_seeds(chart.curves);
  for (const LrCurve& curve : chart.curves) {
    if (!several) break;
    Series series{"", seed_color, 1, false, false, {}};
    for (std::size_t i = 0; i < curve.rates.size(); ++i) {
      series.points.push_back({curve.rates[i], curve.losses[i]});
    }
    panel.series.push_back(std::move(series));
  }
  panel.series.push_back(
      {several ? "median of seeds" : "loss", loss_color, 2.5, false, false, stretch.middle});
  if (several) {
    panel.bands.push_back({"all seeds", band_color, std::move(stretch.low), stretch.high});
  }
  for (const auto& [rule, rate] : chart.suggestions) {
    const bool chosen = rule == chart.chosen;
    panel.marks.push_back({name_of(rule) + (" " + brief(rate)),
                           rule_colors[static_cast<std::size_t>(rule)], rate, chosen ? 3.0 : 1.5});
  }
  if (chart.divergence) {
    panel.marks.push_back(
        {"diverges " + brief(*chart.divergence), divergence_color, *chart.divergence, 2, true});
  }
  const std::vector<Point>& middle = panel.series.back().points;
  if (chart.suggested && !middle.empty()) {
    panel.callout = Callout{{*chart.suggested, height_at(middle, *chart.suggested)},
                            brief(*chart.suggested),
                            rule_colors[static_cast<std::size_t>(chart.chosen)]};
  }
  return panel;
}

Heading heading_of(const LrChart& chart) {
  const std::string found =
      chart.suggested ? "suggested " + brief(*chart.suggested) + ", by " + name_of(chart.chosen)
                      : std::string("nothing to suggest");
  return {chart.name, chart.id, found + "  ·  " + chart.about};
}

// --- the finders of a grid ---

constexpr Color one_of_many{0.35, 0.37, 0.40, 0.45};

Panel overlay_panel(const LrOverlay& overlay) {
  Panel panel;
  panel.title = "Loss, running mean";
  panel.x_title = "learning rate";
  std::vector<LrCurve> all;
  std::vector<Series> dots;
  for (std::size_t i = 0; i < overlay.points.size(); ++i) {
    const LrOverlay::Of& of = overlay.points[i];
    all.insert(all.end(), of.curves.begin(), of.curves.end());
    const bool named = i < 2 * line_colors.size();
    const Color color = named ? line_colors[i % line_colors.size()] : one_of_many;
    Series line{named ? of.name : "",
                color,
                named ? 2.0 : 1.0,
                i >= line_colors.size() && named,
                false,
                over_seeds(of.curves).middle};
    if (of.suggested && !line.points.empty()) {
      const Point at{*of.suggested, height_at(line.points, *of.suggested)};
      dots.push_back({"", color, named ? 3.5 : 1.5, false, true, {at}});
      if (named) line.name += ": " + brief(*of.suggested);
    }
    panel.series.push_back(std::move(line));
  }
  for (Series& dot : dots) panel.series.push_back(std::move(dot));
  panel.x = rate_axis(all);
  panel.y = loss_axis(all);
  return panel;
}

}  // namespace

std::string lr_chart_png(const LrChart& chart, int width, int height) {
  return lr_picture(panel_of(chart), heading_of(chart), width, height);
}

std::string lr_overlay_png(const LrOverlay& overlay, int width, int height) {
  return lr_picture(overlay_panel(overlay), {overlay.name, "", overlay.about}, width, height);
}

}  // namespace r50::report
