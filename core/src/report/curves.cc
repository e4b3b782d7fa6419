#include <absl/strings/str_format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "report/format.h"
#include "report/history.h"
#include "report/panel.h"

namespace r50::report {
namespace {

constexpr Color train_color{0.35, 0.37, 0.40};
constexpr Color noise_color{0.35, 0.37, 0.40, 0.32};
constexpr Color rate_color{0.48, 0.27, 0.56};
constexpr std::size_t few_points = 40;

// A run this short is shown by its steps: two points make no curve.
bool is_short(const History& history) { return history.epochs.size() < 3; }

// Where a step lies on the axis, which counts epochs, or steps in a short run.
class TimeAxis {
 public:
  explicit TimeAxis(const History& history)
      : per_unit_(is_short(history) ? 1 : history.steps_per_epoch()),
        title_(is_short(history) ? "step" : "epoch") {
    if (!history.epochs.empty()) end_ = at(history.epochs.back().epoch.step);
    if (!history.steps.empty()) end_ = std::max(end_, at(history.steps.back().step));
  }
  double at(std::int64_t step) const {
    return static_cast<double>(step) / std::max(per_unit_, 1.0);
  }
  Axis axis() const { return count_axis(0, end_, 8); }
  const std::string& title() const { return title_; }

 private:
  double per_unit_;
  double end_ = 0;
  std::string title_;
};

// Thousands of steps lie on one column of pixels: their mean is drawn.
std::vector<Point> thinned(const std::vector<Point>& points, std::size_t wanted) {
  const std::size_t each = std::max<std::size_t>(1, points.size() / wanted);
  std::vector<Point> out;
  for (std::size_t first = 0; first < points.size(); first += each) {
    const std::size_t end = std::min(points.size(), first + each);
    Point sum;
    for (std::size_t i = first; i < end; ++i) {
      sum.x += points[i].x;
      sum.y += points[i].y;
    }
    const auto count = static_cast<double>(end - first);
    out.push_back({sum.x / count, sum.y / count});
  }
  return out;
}

std::vector<Point> of_set(const History& history, const TimeAxis& time, const std::string& set,
                          double EvaluationEvent::*value) {
  std::vector<Point> points;
  for (const EpochEntry& entry : history.epochs) {
    if (const EvaluationEvent* result = entry.find(set)) {
      points.push_back({time.at(entry.epoch.step), result->*value});
    }
  }
  return points;
}

void add_sets(Panel& panel, const History& history, const TimeAxis& time,
              double EvaluationEvent::*value) {
  for (std::size_t i = 0; i < history.sets.size(); ++i) {
    Series series;
    series.name = history.sets[i];
    series.color = line_colors[i % line_colors.size()];
    series.dashed = i >= line_colors.size();
    series.points = of_set(history, time, history.sets[i], value);
    series.dots = history.epochs.size() <= few_points;
    panel.series.push_back(std::move(series));
  }
}

// The stretch of the values that matter. A wild stretch of noise or a loss about to run away would
// flatten all the rest: where the top twentieth is more than twice what lies below, it is cut off.
std::pair<double, double> extent(const std::vector<Series>& all) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const Series& series : all) {
    std::vector<double> values;
    for (const Point& point : series.points) {
      if (std::isfinite(point.y)) values.push_back(point.y);
    }
    if (values.empty()) continue;
    std::sort(values.begin(), values.end());
    const double usual = values[values.size() - 1 - values.size() / 20];
    low = std::min(low, values.front());
    high = std::max(high, values.back() > 2 * std::abs(usual) ? usual : values.back());
  }
  return low <= high ? std::pair(low, high) : std::pair(0.0, 1.0);
}

Panel accuracy_panel(const History& history, const TimeAxis& time) {
  Panel panel;
  panel.title = "Top-1 accuracy, %";
  add_sets(panel, history, time, &EvaluationEvent::top1);
  auto [low, high] = extent(panel.series);
  if (history.epochs.size() < 2 || low < 0.5 * high) low = 0;
  low = std::max(0.0, std::min(low, high - 1));
  if (history.sets.empty()) high = 100;
  panel.y = value_axis(low, std::min(high + 0.05 * (high - low), 100.0), 10);
  panel.x = time.axis();
  panel.x_title = time.title();
  const EvaluationEvent* best = history.best();
  if (best && std::isfinite(best->top1)) {
    const auto place = std::find(history.sets.begin(), history.sets.end(), best->set);
    const auto index = static_cast<std::size_t>(place - history.sets.begin());
    panel.callout = Callout{{time.at(best->step), best->top1},
                            fixed(best->top1, 2) + " %",
                            line_colors[index % line_colors.size()]};
  }
  return panel;
}

Panel loss_panel(const History& history, const TimeAxis& time, double columns) {
  Panel panel;
  panel.title = "Loss";
  std::vector<Point> steps;
  for (const StepEvent& step : history.steps) {
    steps.push_back({time.at(step.step), step.loss});
  }
  steps = thinned(steps, static_cast<std::size_t>(columns));
  if (is_short(history)) {
    panel.series.push_back({"training", train_color, 1.5, false, steps.size() < 3, steps});
  } else {
    Series train{"training", train_color, 2, false, history.epochs.size() <= few_points, {}};
    for (const EpochEntry& entry : history.epochs) {
      train.points.push_back({time.at(entry.epoch.step), entry.epoch.loss});
    }
    panel.series.push_back({"", noise_color, 1, false, false, steps});
    panel.series.push_back(std::move(train));
  }
  add_sets(panel, history, time, &EvaluationEvent::loss);
  auto [low, high] = extent(panel.series);
  if (low >= 0 && low < 0.4 * high) low = 0;
  panel.y = value_axis(low, high, 5);
  panel.x = time.axis();
  return panel;
}

Panel rate_panel(const History& history, const TimeAxis& time, double columns) {
  Panel panel;
  panel.title = "Learning rate";
  Series rate{"", rate_color, 2, false, false, {}};
  std::vector<Point> points;
  for (const StepEvent& step : history.steps) points.push_back({time.at(step.step), step.lr});
  if (points.empty()) {
    for (const EpochEntry& entry : history.epochs) {
      points.push_back({time.at(entry.epoch.step), entry.epoch.lr});
    }
  }
  double high = 0;
  for (const Point& point : points) {
    if (std::isfinite(point.y)) high = std::max(high, point.y);
  }
  rate.points = thinned(points, static_cast<std::size_t>(columns));
  rate.dots = rate.points.size() <= 3;
  panel.series = {std::move(rate)};
  panel.y = value_axis(0, high > 0 ? high : 1, 3);
  panel.x = time.axis();
  panel.x_title = time.title();
  return panel;
}

std::string best_text(const History& history) {
  const EvaluationEvent* best = history.best();
  if (!best) {
    return history.epochs.empty() ? "no epoch finished yet" : "not evaluated yet";
  }
  return absl::StrFormat("best %s %% top-1, %s %% top-5  ·  %s weights, epoch %d",
                         fixed(best->top1, 2), fixed(best->top5, 2), best->set, best->epoch);
}

Heading heading_of(const History& history, const CurveOptions& options) {
  if (!options.title.empty()) return {options.title, "", ""};
  return {history.name, history.id, best_text(history)};
}

}  // namespace

std::string curves_png(const History& history, const CurveOptions& options) {
  // Small pictures keep letters of 10 pixels, so theirs are larger in proportion.
  const double scale = std::max(std::min(options.width / 1200.0, options.height / 800.0), 0.72);
  const double margin = 26 * scale;
  const double gap = 36 * scale;
  Canvas canvas(options.width, options.height, paint::paper);
  const Box inside{margin, 16 * scale, options.width - 2 * margin, options.height - 28 * scale};
  draw_heading(canvas, inside, heading_of(history, options), scale);

  const double top = inside.top + 48 * scale;
  const double height = inside.bottom() - top;
  const double half = (inside.width - gap) / 2;
  const double right = inside.left + half + gap;
  const double upper = height * 0.6;
  const TimeAxis time(history);
  const Panel accuracy = accuracy_panel(history, time);
  const Panel loss = loss_panel(history, time, half);
  const Panel rate = rate_panel(history, time, half);
  const double room = std::max(label_room(canvas, loss, scale), label_room(canvas, rate, scale));
  draw(canvas, {inside.left, top, half, height}, accuracy, label_room(canvas, accuracy, scale),
       scale);
  draw(canvas, {right, top, half, upper}, loss, room, scale);
  draw(canvas, {right, top + upper + 14 * scale, half, height - upper - 14 * scale}, rate, room,
       scale);
  return canvas.png();
}

}  // namespace r50::report
