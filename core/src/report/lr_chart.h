#pragma once

// The charts of learning-rate finders: of one finder, and of all finders of a grid.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "report/lr_rules.h"
#include "report/panel.h"

namespace r50::report {

struct LrChart {
  std::string name, id;         // of the experiment and of the sweep of its rate
  std::string about;            // "batch 64, 64 px, 3 seeds"
  std::vector<LrCurve> curves;  // one a seed, over the same rates as far as they go
  std::vector<std::pair<LrRule, double>> suggestions;
  LrRule chosen = LrRule::valley;
  std::optional<double> suggested, divergence;
};

// The running losses over the rates, a band from seed to seed, and what was found in it, as the
// bytes of a PNG. The same chart gives the same bytes.
std::string lr_chart_png(const LrChart& chart, int width = 1200, int height = 700);

// The finders of a grid's points, in one picture.
struct LrOverlay {
  struct Of {
    std::string name;             // "batch 64, weight_decay 1e-4"
    std::vector<LrCurve> curves;  // one a seed
    std::optional<double> suggested;
  };
  std::string name;   // of the sweep
  std::string about;  // "9 points, 3 seeds each"
  std::vector<Of> points;
};

// Each point's median over its seeds, with a dot at what was suggested, as the bytes of a PNG. From
// the 13th point on lines are thin and grey: no reader could distinguish more colours.
std::string lr_overlay_png(const LrOverlay& overlay, int width = 1200, int height = 700);

// For the page of a sweep, which draws such charts itself.
struct LrStretch {
  std::vector<Point> low, middle, high;  // over the seeds, as far as all of them go
};
LrStretch over_seeds(const std::vector<LrCurve>& curves);

// From the best loss to somewhat above where the sweep began: what comes later only runs away.
Axis loss_axis(const std::vector<LrCurve>& curves);
Axis rate_axis(const std::vector<LrCurve>& curves);

// Of a line over rates, by their logarithms; 0 for one without points.
double height_at(const std::vector<Point>& line, double rate);

}  // namespace r50::report
