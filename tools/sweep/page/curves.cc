#include <algorithm>
#include <cmath>

#include <absl/strings/str_format.h>

#include "report/format.h"
#include "sweep/page/charts.h"
#include "sweep/page/plot.h"

namespace r50::sweep::page {
namespace {

constexpr std::size_t most_reports = 150;  // of a curve: a pixel or two each

std::vector<EpochValue> thinned(const std::vector<EpochValue>& reports) {
  if (reports.size() <= most_reports) return reports;
  std::vector<EpochValue> kept;
  for (const std::size_t i : even_sample(reports.size(), most_reports - 1)) {
    kept.push_back(reports[i]);
  }
  kept.push_back(reports.back());
  return kept;
}

struct Curve {
  std::size_t trial = 0;
  std::vector<EpochValue> reports;
};

std::vector<Curve> curves_of(const View& view) {
  std::vector<Curve> all;
  for (std::size_t i = 0; i < view.trials.size(); ++i) {
    const auto found = view.source.curves.find(view.trials[i].number);
    if (found == view.source.curves.end() || found->second.empty()) continue;
    all.push_back({i, thinned(found->second)});
  }
  // Leaders last: they lie on top, the first of them topmost.
  const auto height = [&](const Curve& curve) { return view.height(view.group_of[curve.trial]); };
  std::stable_sort(all.begin(), all.end(),
                   [&](const Curve& a, const Curve& b) { return height(a) < height(b); });
  return all;
}

std::string kind_of(const Trial& trial) {
  if (trial.state == TrialState::stopped || trial.state == TrialState::paused) return " early";
  return trial.state == TrialState::failed ? " broken" : "";
}

Html drawn_curve(const View& view, const Curve& curve, const Plot& plot) {
  const Trial& trial = view.trials[curve.trial];
  const auto group = view.group_of[curve.trial];
  const auto look = view.look(group);
  std::vector<At> points;
  for (const EpochValue& report : curve.reports) {
    points.push_back({plot.x(static_cast<double>(report.epoch)), plot.open_y(report.value)});
  }
  const std::string path = path_through(points);
  const EpochValue& last = curve.reports.back();
  const std::string words =
      absl::StrFormat("%s: %s after epoch %d, %s", view.trial(curve.trial), view.value(last.value),
                      last.epoch, text_of(trial.state));
  Html drawn = element("title", text(words)) + element("path", {{"d", path}});
  const At end = points.back();
  if ((look || points.size() == 1) && std::isfinite(end.y)) {
    drawn += shape(look, end, look ? 5 : 3);
  }
  return element(
      "g", {{"class", "curve " + look_classes(look) + kind_of(trial)}, {"data-p", view.tie(group)}},
      drawn);
}

std::string words_below_curves(const View& view, const std::vector<Curve>& curves, bool cut) {
  std::string words;
  const std::size_t begun = static_cast<std::size_t>(
      std::count_if(view.trials.begin(), view.trials.end(),
                    [](const Trial& trial) { return trial.state != TrialState::waiting; }));
  const bool early = std::any_of(curves.begin(), curves.end(), [&](const Curve& curve) {
    return kind_of(view.trials[curve.trial]) == " early";
  });
  if (early) words += "Dotted: stopped early. ";
  if (begun > view.source.curves.size()) {
    words += absl::StrFormat(
        "The curves of %d of %d trials are drawn: the best 50, and others taken evenly. ",
        curves.size(), begun);
  }
  if (cut) words += "What is much worse than the median lies outside. ";
  return words;
}

}  // namespace

Html learning_curves(const View& view) {
  const std::vector<Curve> curves = curves_of(view);
  if (curves.empty()) return {};
  std::vector<double> values;
  std::int64_t first = curves.front().reports.front().epoch, last = first;
  for (const Curve& curve : curves) {
    for (const EpochValue& report : curve.reports) values.push_back(report.value);
    first = std::min(first, curve.reports.front().epoch);
    last = std::max(last, curve.reports.back().epoch);
  }
  Plot plot(report::count_axis(static_cast<double>(first), static_cast<double>(last), 6),
            metric_axis(values, view.sweep.maximize(), 2.5), "epoch", view.sweep.metric.name);
  Html lines;
  for (const Curve& curve : curves) lines += drawn_curve(view, curve, plot);
  plot.add(lines);
  const bool cut = std::any_of(values.begin(), values.end(), [&](double value) {
    return std::isfinite(value) && !plot.holds(value);
  });
  return figure("Learning curves",
                plot.svg(view.sweep.metric.name + " of each trial over its epochs"),
                words_below_curves(view, curves, cut));
}

}  // namespace r50::sweep::page
