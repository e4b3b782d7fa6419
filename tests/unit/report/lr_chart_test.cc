#include "report/lr_chart.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "report/axis.h"

namespace r50::report {
namespace {

LrChart usual(std::size_t seeds) {
  LrChart chart;
  chart.name = "quickstart";
  chart.id = "find-lr-abcdefghjk";
  chart.about = "batch 64, 64 px, " + std::to_string(seeds) + " seeds";
  for (std::size_t seed = 0; seed < seeds; ++seed) {
    LrCurve curve;
    for (int i = 0; i < 100 - static_cast<int>(seed); ++i) {
      const double x = -7 + 0.08 * i, shift = 0.2 * static_cast<double>(seed);
      curve.rates.push_back(std::pow(10, x));
      curve.losses.push_back(1 + 1.3 / (1 + std::exp(2.5 * (x + 2.5 - shift))) +
                             0.05 * std::exp(3 * (x + 0.5)) + 0.02 * std::sin(5 * x + shift));
    }
    chart.curves.push_back(std::move(curve));
  }
  chart.suggestions = {{LrRule::valley, 2e-3},
                       {LrRule::steep, 3e-3},
                       {LrRule::minimum, 1e-2},
                       {LrRule::slide, 0.05}};
  chart.suggested = 2e-3;
  chart.divergence = 1.3;
  return chart;
}

std::string signature(const std::string& png) { return png.substr(1, 3); }

TEST(LrChart, IsAPictureOfTheSameBytes) {
  const std::string png = lr_chart_png(usual(3));
  EXPECT_EQ(signature(png), "PNG");
  EXPECT_EQ(png, lr_chart_png(usual(3)));
  EXPECT_NE(png, lr_chart_png(usual(1)));
  LrChart other = usual(3);
  other.chosen = LrRule::slide;
  EXPECT_NE(png, lr_chart_png(other)) << "the chosen rule is drawn stronger";
  other = usual(3);
  other.divergence.reset();
  EXPECT_NE(png, lr_chart_png(other));
}

TEST(LrChart, IsDrawnWhateverTheCurves) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(signature(lr_chart_png({})), "PNG");
  for (const std::vector<double>& losses : {std::vector<double>{nan, nan}, {inf, 1}, {2, 2}, {1}}) {
    LrChart chart;
    chart.curves = {{{1e-7, 1e-6}, losses}, {{1e-7, 1e-6}, {3, 4}}};
    chart.curves[0].rates.resize(losses.size());
    chart.suggested = 5;
    EXPECT_EQ(signature(lr_chart_png(chart)), "PNG");
  }
}

TEST(LogAxis, HasPowersOfTen) {
  const Axis axis = log_axis(1.5e-5, 7);
  EXPECT_EQ(axis.labels,
            (std::vector<std::string>{"1e-5", "1e-4", "0.001", "0.01", "0.1", "1", "10"}));
  EXPECT_NEAR(axis.part(1e-2), 0.5, 1e-12);
  EXPECT_NEAR(axis.part(axis.high), 1, 1e-12);
  EXPECT_EQ(log_axis(1e-7, 10).ticks.size(), 9U) << "bounds that are powers stay";
  EXPECT_EQ(log_axis(0.5, 0.5).ticks.size(), 2U);
  EXPECT_LE(log_axis(1e-12, 1e30).ticks.size(), 14U);
}

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
