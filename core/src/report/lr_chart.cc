#include "report/lr_chart.h"

#include <algorithm>
#include <utility>

#include "report/format.h"
#include "report/lr_stretch.h"

namespace r50::report {
namespace {

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

}  // namespace

std::string lr_chart_png(const LrChart& chart, int width, int height) {
  return lr_picture(panel_of(chart), heading_of(chart), width, height);
}

}  // namespace r50::report
