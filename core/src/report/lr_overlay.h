#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/lr_rules.h"

namespace r50::report {

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
// the 13th point on lines are thin and grey, as no eye would tell more colours apart.
std::string lr_overlay_png(const LrOverlay& overlay, int width = 1200, int height = 700);

}  // namespace r50::report
