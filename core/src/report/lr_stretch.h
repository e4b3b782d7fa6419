#pragma once

// What the charts of learning-rate finders have in common.

#include <string>
#include <vector>

#include "report/lr_rules.h"
#include "report/panel.h"

namespace r50::report {

struct LrStretch {
  std::vector<Point> low, middle, high;  // over the seeds, as far as all of them go
};
LrStretch over_seeds(const std::vector<LrCurve>& curves);

// From the best loss to somewhat above where the sweep began: what comes later only runs away.
Axis loss_axis(const std::vector<LrCurve>& curves);
Axis rate_axis(const std::vector<LrCurve>& curves);

// Of a line over rates, by their logarithms; 0 for one without points.
double height_at(const std::vector<Point>& line, double rate);

// One panel below a heading, as a PNG.
std::string lr_picture(const Panel& panel, const Heading& heading, int width, int height);

}  // namespace r50::report
