#include <algorithm>
#include <cmath>

#include "report/format.h"
#include "sweep/judge/groups.h"
#include "sweep/page/charts.h"
#include "sweep/page/plot.h"

namespace r50::sweep::page {
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
    words += "; and " + std::to_string(front.size() - most_named) + " more";
  }
  return words + ".";
}

}  // namespace

Html cost_chart(const View& view) {
  const std::vector<std::size_t> front = judge::pareto_front(
      view.groups, view.sweep.maximize() ? judge::Better::higher : judge::Better::lower);
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
    const bool on_front = std::find(front.begin(), front.end(), *i) != front.end();
    plot.add(mark(view, *i, {plot.x(group.seconds), plot.y(group.mean)},
                  view.names.point(*i) + ": " + view.value(group.mean) + ", " +
                      report::duration(group.seconds) + " a trial",
                  on_front ? "onfront" : ""));
  }
  return figure("Cost", plot.svg("mean " + view.sweep.metric.name + " against seconds a trial"),
                words_below_costs(view, front));
}

}  // namespace r50::sweep::page
