#include <algorithm>
#include <cmath>

#include <absl/strings/str_format.h>

#include "report/format.h"
#include "sweep/judge/groups.h"
#include "sweep/page/plot.h"
#include "sweep/page/sections.h"

namespace r50::sweep::page {

Html figure(const std::string& title, const Html& drawn, const std::string& words,
            const std::string& kind) {
  Html content = element("h3", text(title)) + drawn;
  if (!words.empty()) content += element("figcaption", text(words));
  return element("figure", {{"class", kind}}, content);
}

std::vector<std::size_t> drawn_groups(const Scene& scene, std::size_t most) {
  std::vector<std::size_t> drawn = scene.marked, others;
  for (std::size_t i = 0; i < scene.groups.size(); ++i) {
    if (!scene.place(i)) others.push_back(i);
  }
  others = sampled(others, most - std::min(most, drawn.size()));
  drawn.insert(drawn.end(), others.begin(), others.end());
  return drawn;
}

Html swatch(std::optional<Look> look) {
  const Html drawn = element("path", {{"d", "M2 9L34 9"}}) + shape(look, {18, 9}, look ? 5 : 3.5);
  return small_picture("swatch", "0 0 36 18",
                       element("g", {{"class", "curve " + look_classes(look)}}, drawn));
}

Html legend_entry(std::optional<Look> look, const std::string& tie, const std::string& words) {
  return element("li", {{"data-p", tie}}, swatch(look) + text(words));
}

Html legend(const Scene& scene, std::size_t others) {
  Html items;
  for (const std::size_t group : scene.marked) {
    items += legend_entry(scene.look(group), scene.tie(group), scene.names.point(group));
  }
  if (others > 0) {
    items += legend_entry(
        std::nullopt, "",
        others == 1 ? "the other point" : absl::StrFormat("the other %d points", others));
  }
  return element("ul", {{"class", "legend"}}, items);
}

namespace {

constexpr std::size_t most_reports = 150;  // of a curve: a pixel or two each

std::vector<EpochValue> thinned(const std::vector<EpochValue>& reports) {
  if (reports.size() <= most_reports) return reports;
  std::vector<EpochValue> kept = sampled(reports, most_reports - 1);
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
  std::ranges::stable_sort(all,
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
  const EpochValue& last = curve.reports.back();
  const std::string words =
      absl::StrFormat("%s: %s after epoch %d, %s", view.trial(curve.trial), view.value(last.value),
                      last.epoch, text_of(trial.state));
  Html drawn = element("path", {{"d", path_through(points)}});
  const At end = points.back();
  if ((look || points.size() == 1) && std::isfinite(end.y)) {
    drawn += shape(look, end, look ? 5 : 3);
  }
  return tied(view, group, "curve " + look_classes(look) + kind_of(trial), words, drawn);
}

std::string words_below_curves(const View& view, const std::vector<Curve>& curves, bool cut) {
  std::string words;
  const std::size_t begun = static_cast<std::size_t>(std::ranges::count_if(
      view.trials, [](const Trial& trial) { return trial.state != TrialState::waiting; }));
  const bool early = std::ranges::any_of(
      curves, [&](const Curve& curve) { return kind_of(view.trials[curve.trial]) == " early"; });
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
  const bool cut = std::ranges::any_of(
      values, [&](double value) { return std::isfinite(value) && !plot.holds(value); });
  return figure("Learning curves",
                plot.svg(view.sweep.metric.name + " of each trial over its epochs"),
                words_below_curves(view, curves, cut));
}

namespace {

constexpr std::size_t most_marks = 1000;

Html front_line(const View& view, const Plot& plot, const std::vector<std::size_t>& front) {
  std::vector<At> corners;
  for (const std::size_t i : front) {
    const At at{plot.x(view.groups[i].seconds), plot.y(view.groups[i].mean)};
    // What a cheaper point reaches can be had for more, too: a step.
    if (!corners.empty()) corners.push_back({at.x, corners.back().y});
    corners.push_back(at);
  }
  return element("path", {{"class", "front"}, {"d", path_through(corners)}});
}

std::string words_below_costs(const View& view, const std::vector<std::size_t>& front) {
  constexpr std::size_t most_named = 4;
  std::string words =
      "The line, and rings: points that no cheaper one matches (the Pareto front), by means "
      "alone: ";
  for (std::size_t i = 0; i < front.size() && i < most_named; ++i) {
    const judge::Group& group = view.groups[front[i]];
    words += (i > 0 ? "; " : "") + view.names.point(front[i]) + " (" +
             report::duration(group.seconds) + ", " + report::brief(group.mean) + ")";
  }
  if (front.size() > most_named) {
    words += absl::StrFormat("; and %d more", front.size() - most_named);
  }
  return words + ".";
}

}  // namespace

Html cost_chart(const View& view) {
  const std::vector<std::size_t> front = judge::pareto_front(view.groups, better_in(view.sweep));
  if (front.empty()) return {};
  std::vector<double> costs, values;
  const std::vector<std::size_t> drawn = drawn_groups(view, most_marks);
  for (const std::size_t i : drawn) {
    if (!std::isfinite(view.groups[i].mean)) continue;  // costs nothing yet
    costs.push_back(view.groups[i].seconds);
    values.push_back(view.groups[i].mean);
  }
  Plot plot(number_axis(costs), metric_axis(values, view.sweep.maximize()), "seconds a trial",
            "mean " + view.sweep.metric.name);
  plot.add(front_line(view, plot, front));
  for (auto i = drawn.rbegin(); i != drawn.rend(); ++i) {
    const judge::Group& group = view.groups[*i];
    if (!std::isfinite(group.mean)) continue;
    const bool on_front = std::ranges::find(front, *i) != front.end();
    plot.add(mark(view, *i, {plot.x(group.seconds), plot.y(group.mean)},
                  view.names.point(*i) + ": " + view.value(group.mean) + ", " +
                      report::duration(group.seconds) + " a trial",
                  on_front ? "onfront" : ""));
  }
  return figure("Cost", plot.svg("mean " + view.sweep.metric.name + " against seconds a trial"),
                words_below_costs(view, front));
}

}  // namespace r50::sweep::page
