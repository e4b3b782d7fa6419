#include "report/lr_overlay.h"

#include <array>
#include <utility>

#include "report/format.h"
#include "report/lr_stretch.h"

namespace r50::report {
namespace {

// Okabe and Ito's, told apart by every kind of colour vision; after six of them dashed ones.
constexpr std::array overlay_colors = {Color{0.000, 0.447, 0.698}, Color{0.835, 0.369, 0.000},
                                       Color{0.000, 0.620, 0.451}, Color{0.800, 0.475, 0.655},
                                       Color{0.337, 0.706, 0.914}, Color{0.902, 0.624, 0.000}};
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
    const bool named = i < 2 * overlay_colors.size();
    const Color color = named ? overlay_colors[i % overlay_colors.size()] : one_of_many;
    Series line{named ? of.name : "",
                color,
                named ? 2.0 : 1.0,
                i >= overlay_colors.size() && named,
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

std::string lr_overlay_png(const LrOverlay& overlay, int width, int height) {
  return lr_picture(overlay_panel(overlay), {overlay.name, "", overlay.about}, width, height);
}

}  // namespace r50::report
