#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "report/lr_rules.h"

namespace r50::report {

struct LrChart {
  std::string name, id;         // of the experiment and of the sweep
  std::string about;            // "batch 64, 64 px, 3 seeds"
  std::vector<LrCurve> curves;  // one a seed, over the same rates as far as they go
  std::vector<std::pair<LrRule, double>> suggestions;
  LrRule chosen = LrRule::valley;
  std::optional<double> suggested, divergence;
};

// The running losses over the rates, a band from seed to seed, and what was found in it, as the
// bytes of a PNG. The same chart gives the same bytes.
std::string lr_chart_png(const LrChart& chart, int width = 1200, int height = 700);

}  // namespace r50::report
