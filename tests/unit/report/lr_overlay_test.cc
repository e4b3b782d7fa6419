#include "report/lr_chart.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace r50::report {
namespace {

LrOverlay grid_of(int points) {
  LrOverlay overlay{"max_lr", "points", {}};
  for (int point = 0; point < points; ++point) {
    LrOverlay::Of of{"batch " + std::to_string(point), {}, 1e-3};
    for (int seed = 0; seed < 3; ++seed) {
      LrCurve curve;
      for (int i = 0; i < 50; ++i) {
        const double x = -6 + 0.1 * i + 0.1 * point;
        curve.rates.push_back(std::pow(10, -6 + 0.1 * i));
        curve.losses.push_back(2 - std::tanh(x + 3) + 0.01 * seed);
      }
      of.curves.push_back(std::move(curve));
    }
    overlay.points.push_back(std::move(of));
  }
  return overlay;
}

TEST(LrOverlay, IsAPictureOfTheSameBytes) {
  const std::string png = lr_overlay_png(grid_of(9));
  EXPECT_EQ(png.substr(1, 3), "PNG");
  EXPECT_EQ(png, lr_overlay_png(grid_of(9)));
  EXPECT_NE(png, lr_overlay_png(grid_of(8)));
  LrOverlay other = grid_of(9);
  other.points[3].suggested.reset();
  EXPECT_NE(png, lr_overlay_png(other)) << "a dot less";
}

TEST(LrOverlay, IsDrawnWhateverTheCurves) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  LrOverlay odd = grid_of(1);
  odd.points.push_back({"empty", {}, 0.1});
  odd.points.push_back({"nan", {{{1e-3, 1e-2}, {nan, nan}}}, 0.1});
  for (const LrOverlay& overlay : {LrOverlay{}, odd, grid_of(40)}) {
    EXPECT_EQ(lr_overlay_png(overlay).substr(1, 3), "PNG");
  }
}

}  // namespace
}  // namespace r50::report
