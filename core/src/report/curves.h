#pragma once

#include <string>

#include "report/history.h"

namespace r50::report {

struct CurveOptions {
  int width = 1200;
  int height = 800;
  std::string title;  // empty: the run's name and its best result
};

inline CurveOptions readme_size() { return {640, 360, ""}; }

// Accuracy of each set, losses and learning rate over the epochs, as the bytes of a PNG. The same
// history gives the same bytes. A history without any row gives empty charts.
std::string curves_png(const History& history, const CurveOptions& options = {});

}  // namespace r50::report
