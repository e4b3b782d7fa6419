#include <algorithm>
#include <cmath>

#include <absl/strings/str_format.h>

#include "report/lr_chart.h"
#include "sweep/page/charts.h"
#include "sweep/page/finder_sections.h"
#include "sweep/page/plot.h"

namespace r50::sweep::page {
namespace {

constexpr std::size_t most_lines = 200;
constexpr std::size_t most_places = 150;  // of a line: a pixel or two each
constexpr std::size_t many_lines = 12;    // more are thin
constexpr std::size_t most_bands = 3;     // that are seen before anybody points at them

std::vector<At> places_of(const std::vector<report::Point>& line, const Plot& plot) {
  std::vector<At> all;
  if (line.empty()) return all;
  for (const std::size_t i : even_sample(line.size() - 1, most_places - 1)) {
    all.push_back({plot.x(line[i].x), plot.open_y(line[i].y)});
  }
  all.push_back({plot.x(line.back().x), plot.open_y(line.back().y)});
  return all;
}

Html band(const FinderView& view, std::size_t finder, const report::LrStretch& stretch,
          const Plot& plot, bool seen) {
  std::vector<At> around = places_of(stretch.low, plot);
  const std::vector<At> back = places_of(stretch.high, plot);
  around.insert(around.end(), back.rbegin(), back.rend());
  const auto group = view.group_of_finder[finder];
  return element("path",
                 {{"class", "band " + look_classes(view.look(group)) + (seen ? " seen" : "")},
                  {"data-p", view.tie(group)},
                  {"d", path_through(around) + "Z"}});
}

Html line(const FinderView& view, std::size_t finder, const report::LrStretch& stretch,
          const Plot& plot, bool thin) {
  const auto group = view.group_of_finder[finder];
  const std::string path = path_through(places_of(stretch.middle, plot));
  return element("g",
                 {{"class", "curve " + look_classes(view.look(group)) + (thin ? " thin" : "")},
                  {"data-p", view.tie(group)}},
                 element("title", text(view.words(finder))) + element("path", {{"d", path}}));
}

// The first of the marked ones last, so that they lie on top.
std::vector<std::size_t> drawn_finders(const FinderView& view) {
  std::vector<std::size_t> groups = drawn_groups(view, view.groups.size()), drawn;
  if (groups.size() > most_lines) {
    std::vector<std::size_t> some;
    for (const std::size_t i : even_sample(groups.size(), most_lines)) some.push_back(groups[i]);
    groups = some;
  }
  for (std::size_t i = 0; i < view.finders.size(); ++i) {
    const auto group = view.group_of_finder[i];
    const bool chosen = group && std::find(groups.begin(), groups.end(), *group) != groups.end();
    if (chosen && !view.finders[i].curves.empty()) drawn.push_back(i);
  }
  std::stable_sort(drawn.begin(), drawn.end(), [&](std::size_t a, std::size_t b) {
    return view.height(view.group_of_finder[a]) < view.height(view.group_of_finder[b]);
  });
  return drawn;
}

// As far as some line is in the picture: where all have run away there is nothing to see.
report::Axis rates_shown(const std::vector<report::LrStretch>& stretches, double highest_loss) {
  std::vector<double> rates;
  for (const report::LrStretch& one : stretches) {
    for (std::size_t i = 0; i < one.middle.size(); ++i) {
      const bool leaves = i > 0 && one.middle[i - 1].y <= highest_loss;
      if (i == 0 || leaves || one.middle[i].y <= highest_loss) rates.push_back(one.middle[i].x);
    }
  }
  return magnitude_axis(rates);
}

report::LrCurve curve_of(const std::vector<report::Point>& line) {
  report::LrCurve curve;
  for (const report::Point& point : line) {
    curve.rates.push_back(point.x);
    curve.losses.push_back(point.y);
  }
  return curve;
}

std::string words_below(const FinderView& view, std::size_t drawn, std::size_t seeds) {
  std::string words = seeds > 1 ? "Lines: the running mean of the loss, the median of the seeds. "
                                : "Lines: the running mean of the loss. ";
  words += "Marks: what is suggested. ";
  if (seeds > 1) {
    words += drawn <= most_bands ? "Bands: from seed to seed. "
                                 : "Who points at a line sees its band from seed to seed. ";
  }
  if (!view.told_by_color.empty()) {
    words += "Colours tell " + view.names.parameter(view.told_by_color) + ", dashes and shapes ";
    words += view.told_by_dash.empty() ? "too" : view.names.parameter(view.told_by_dash);
    words += ". ";
  }
  if (drawn < view.finders.size()) {
    words +=
        absl::StrFormat("The curves of %d of %d finders are drawn. ", drawn, view.finders.size());
  }
  return words + "Losses far above the first ones lie outside.";
}

}  // namespace

Html loss_over_rates(const FinderView& view) {
  const std::vector<std::size_t> drawn = drawn_finders(view);
  if (drawn.empty()) return {};
  const bool bands_seen = drawn.size() <= most_bands;
  std::vector<report::LrCurve> curves;       // all that is seen
  std::vector<report::LrStretch> stretches;  // beside `drawn`
  std::size_t seeds = 0;
  for (const std::size_t i : drawn) {
    const auto& own = view.finders[i].curves;
    seeds = std::max(seeds, own.size());
    stretches.push_back(report::over_seeds(own));
    if (bands_seen) {
      curves.insert(curves.end(), own.begin(), own.end());
    } else {
      curves.push_back(curve_of(stretches.back().middle));
    }
  }
  // Beside two others, it may be as high as both.
  Frame frame;
  if (view.varied.size() > 1) frame.height = 700;
  const report::Axis losses = report::loss_axis(curves);
  Plot plot(rates_shown(stretches, losses.high), losses, "learning rate (logarithmic)",
            "loss, running mean", frame);
  Html bands, lines, marks;
  for (std::size_t k = 0; k < drawn.size(); ++k) {
    const std::size_t i = drawn[k];
    const Finder& one = view.finders[i];
    const report::LrStretch& stretch = stretches[k];
    if (stretch.middle.empty()) continue;
    if (one.curves.size() > 1) bands += band(view, i, stretch, plot, bands_seen);
    lines += line(view, i, stretch, plot, drawn.size() > many_lines);
    if (!one.suggested) continue;
    const double loss = report::height_at(stretch.middle, *one.suggested);
    marks +=
        mark(view, view.group_of_finder[i], {plot.x(*one.suggested), plot.y(loss)}, view.words(i));
  }
  plot.add(bands + lines + marks);
  return figure("Loss over the learning rate",
                plot.svg("smoothed loss of each point over the learning rate"),
                words_below(view, drawn.size(), seeds), view.varied.size() > 1 ? "high" : "");
}

}  // namespace r50::sweep::page
