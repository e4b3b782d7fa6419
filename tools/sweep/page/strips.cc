#include <algorithm>
#include <cmath>

#include <absl/strings/str_format.h>

#include "sweep/page/plot.h"
#include "sweep/page/sections.h"

namespace r50::sweep::page {
namespace {

constexpr std::size_t most_dots = 1000;
constexpr std::size_t most_means = 12;  // levels that have a bar at their mean
constexpr double half_bar = 17;

struct Dot {
  std::size_t trial = 0;
  double x = 0, value = 0;
};

// Finished trials of the first stage that have the parameter.
std::vector<Dot> dots_of(const View& view, const judge::Parameter& parameter) {
  std::vector<Dot> all;
  for (std::size_t i = 0; i < view.trials.size(); ++i) {
    const Trial& trial = view.trials[i];
    if (trial.state != TrialState::finished || !trial.value || !trial.stage.empty()) continue;
    const auto at = on_axis(parameter, view, view.group_of[i]);
    if (at) all.push_back({i, *at, *trial.value});
  }
  if (all.size() <= most_dots) return all;
  std::vector<Dot> kept = sampled(all, most_dots);
  for (const Dot& dot : all) {
    if (view.look(view.group_of[dot.trial])) kept.push_back(dot);
  }
  return kept;
}

Html means(const Plot& plot, const judge::Parameter& parameter, const std::vector<Dot>& dots) {
  Html bars;
  if (parameter.values.size() > most_means) return bars;
  std::vector<double> places;
  for (const Dot& dot : dots) places.push_back(dot.x);
  std::ranges::sort(places);
  places.erase(std::unique(places.begin(), places.end()), places.end());
  for (const double x : places) {
    double sum = 0;
    int count = 0;
    for (const Dot& dot : dots) {
      if (dot.x != x || !std::isfinite(dot.value)) continue;
      sum += dot.value;
      ++count;
    }
    if (count < 2) continue;
    const double middle = plot.x(x), y = plot.y(sum / count);
    bars += line_between("mean", middle - half_bar, middle + half_bar, y, y);
  }
  return bars;
}

// Where a search gave up: the longer, the later. Their values are no results, so they have none
// here.
Html early_ticks(const View& view, const judge::Parameter& parameter, const Plot& plot,
                 std::size_t& count) {
  Html ticks;
  const double bottom = plot.frame().height - plot.frame().bottom;
  for (std::size_t i = 0; i < view.trials.size() && count < most_dots; ++i) {
    const Trial& trial = view.trials[i];
    const bool early = trial.state == TrialState::stopped || trial.state == TrialState::paused;
    if (!early) continue;
    const auto at = on_axis(parameter, view, view.group_of[i]);
    if (!at) continue;
    ++count;
    const double part = static_cast<double>(trial.done) /
                        static_cast<double>(std::max<std::int64_t>(1, trial.epochs));
    const std::string tick =
        "M" + place(plot.x(*at)) + " " + place(bottom) + "v" + place(-6 - 24 * part);
    ticks += tied(view, view.group_of[i], "mark early",
                  absl::StrFormat("%s: stopped after epoch %d", view.trial(i), trial.done),
                  element("path", {{"d", tick}}));
  }
  return ticks;
}

Html cross(const View& view, const Dot& dot, At at) {
  const std::string arms = "M" + place(at.x - 4) + " " + place(at.y - 4) + "l8 8m-8 0l8 -8";
  return tied(view, view.group_of[dot.trial], "cross", view.trial(dot.trial) + ": diverged",
              element("path", {{"d", arms}}));
}

std::string words_below_strip(const View& view, const judge::Parameter& parameter,
                              const std::vector<Dot>& dots, const Plot& plot, bool bars) {
  std::string words;
  const auto numbers = [](std::size_t count, const char* one, const char* many) {
    return absl::StrFormat("%d %s", count, count == 1 ? one : many);
  };
  if (bars) words += "Bars: means. ";
  std::size_t beyond = 0, diverged = 0;
  for (const Dot& dot : dots) {
    if (!std::isfinite(dot.value)) {
      ++diverged;
    } else if (!plot.holds(dot.value)) {
      ++beyond;
    }
  }
  if (diverged > 0) words += numbers(diverged, "cross: it", "crosses: they") + " diverged. ";
  if (beyond > 0) words += numbers(beyond, "value", "values") + " far worse, on the edge. ";
  std::size_t without = 0;
  for (const judge::Group& group : view.groups) {
    if (!judge::find_setting(group.point, parameter.name)) ++without;
  }
  if (without > 0) words += numbers(without, "point does", "points do") + " not have it. ";
  if (dots.size() >= most_dots) words += "An even sample of the trials. ";
  return words;
}

}  // namespace

Html strip_chart(const View& view, const judge::Parameter& parameter) {
  std::vector<Dot> dots = dots_of(view, parameter);
  if (dots.empty()) return {};
  const auto height = [&](const Dot& dot) { return view.height(view.group_of[dot.trial]); };
  std::ranges::stable_sort(dots, [&](const Dot& a, const Dot& b) { return height(a) < height(b); });
  std::vector<double> values;
  for (const Dot& dot : dots) values.push_back(dot.value);
  const std::string name = view.names.parameter(parameter.name);
  Plot plot(parameter_axis(parameter), metric_axis(values, view.sweep.maximize()),
            axis_title(view, parameter), view.sweep.metric.name);
  const Html bars = means(plot, parameter, dots);
  plot.add(bars);
  std::size_t stopped = 0;
  plot.add(early_ticks(view, parameter, plot, stopped));
  const double worst =
      view.sweep.maximize() ? plot.frame().height - plot.frame().bottom : plot.frame().top;
  for (const Dot& dot : dots) {
    const double x = plot.x(dot.x);
    if (!std::isfinite(dot.value)) {
      plot.add(cross(view, dot, {x, worst}));
    } else {
      plot.add(mark(view, view.group_of[dot.trial], {x, plot.y(dot.value)},
                    view.trial(dot.trial) + ": " + view.value(dot.value)));
    }
  }
  return figure(name, plot.svg(view.sweep.metric.name + " against " + name),
                words_below_strip(view, parameter, dots, plot, !bars.empty()) +
                    (stopped > 0 ? "Ticks on the axis: stopped early, the longer the later." : ""));
}

}  // namespace r50::sweep::page
