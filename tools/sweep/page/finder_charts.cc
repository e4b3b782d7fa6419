#include <algorithm>
#include <cmath>
#include <map>

#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>

#include "report/lr_chart.h"
#include "sweep/page/plot.h"
#include "sweep/page/sections.h"

namespace r50::sweep::page {
namespace {

constexpr std::size_t most_groups = 200;
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
  return tied(view, group, "curve " + look_classes(view.look(group)) + (thin ? " thin" : ""),
              view.words(finder), element("path", {{"d", path}}));
}

// The first of the marked ones last, so that they lie on top.
std::vector<std::size_t> drawn_finders(const FinderView& view) {
  std::vector<std::size_t> groups = drawn_groups(view, view.groups.size()), drawn;
  groups = sampled(groups, most_groups);
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

namespace {

constexpr std::size_t most_drawn = 1000;
constexpr double beside_axis = 44;  // room around the outermost values

struct Rate {
  std::size_t finder = 0;
  double x = 0;  // on the plot, beside others of the same value
};

// Points that have the same value of the parameter stand beside each other.
std::vector<Rate> rates_of(const FinderView& view, const judge::Parameter& parameter,
                           const Plot& plot) {
  std::map<double, std::vector<std::size_t>> by_value;
  std::size_t drawn = 0;
  for (std::size_t i = 0; i < view.finders.size() && drawn < most_drawn; ++i) {
    const auto at = on_axis(parameter, view, view.group_of_finder[i]);
    if (!at || !view.finders[i].suggested) continue;
    by_value[*at].push_back(i);
    ++drawn;
  }
  double room = plot.frame().inner_width(), last = -HUGE_VAL;  // between two values
  for (const auto& [value, finders] : by_value) {
    room = std::min(room, plot.x(value) - last);
    last = plot.x(value);
  }
  std::vector<Rate> all;
  for (const auto& [value, finders] : by_value) {
    const double count = static_cast<double>(finders.size());
    const double step = std::min({13.0, 0.7 * room / count, beside_axis / count});
    for (std::size_t k = 0; k < finders.size(); ++k) {
      const double beside = (static_cast<double>(k) - (count - 1) / 2) * step;
      all.push_back({finders[k], plot.x(value) + beside});
    }
  }
  return all;
}

// All that a point is but for one parameter.
std::string others_of(const judge::PointValues& point, const std::string& parameter) {
  std::vector<std::string> words;
  for (const judge::KeyValue& setting : point) {
    if (setting.name != parameter) words.push_back(setting.name + "=" + setting.text + "\n");
  }
  std::sort(words.begin(), words.end());
  return absl::StrJoin(words, "");
}

// From a value to the next, where nothing else differs.
Html joined(const FinderView& view, const judge::Parameter& parameter,
            const std::vector<Rate>& rates, const Plot& plot) {
  if (parameter.numbers.empty()) return {};
  std::map<std::string, std::vector<At>> rows;
  for (const Rate& rate : rates) {
    const judge::PointValues& point = view.groups[*view.group_of_finder[rate.finder]].point;
    rows[others_of(point, parameter.name)].push_back(
        {rate.x, plot.y(*view.finders[rate.finder].suggested)});
  }
  Html all;
  for (const auto& [others, places] : rows) {
    if (places.size() > 1)
      all += element("path", {{"class", "joined"}, {"d", path_through(places)}});
  }
  return all;
}

Html reach(const FinderView& view, const Rate& rate, const Plot& plot) {
  const Finder& one = view.finders[rate.finder];
  if (!one.low || *one.low == *one.high) return {};
  const auto group = view.group_of_finder[rate.finder];
  return element("line", {{"class", "reach " + look_classes(view.look(group))},
                          {"data-p", view.tie(group)},
                          {"x1", place(rate.x)},
                          {"x2", place(rate.x)},
                          {"y1", place(plot.y(*one.low))},
                          {"y2", place(plot.y(*one.high))}});
}

}  // namespace

Html rates_chart(const FinderView& view, const judge::Parameter& parameter) {
  std::vector<double> all;
  bool bands = false;
  for (const Finder& one : view.finders) {
    if (!one.suggested) continue;
    for (const auto& rate : {one.suggested, one.low, one.high}) {
      if (rate) all.push_back(*rate);
    }
    bands |= one.low && *one.low < *one.high;
  }
  if (all.empty()) return {};
  const std::string name = view.names.parameter(parameter.name);
  Plot plot(parameter_axis(parameter), magnitude_axis(all), axis_title(view, parameter),
            "suggested rate (logarithmic)");
  const std::vector<Rate> rates = rates_of(view, parameter, plot);
  if (rates.empty()) return {};
  const Html lines = joined(view, parameter, rates, plot);
  Html reaches, marks;
  for (const Rate& rate : rates) {
    reaches += reach(view, rate, plot);
    marks += mark(view, view.group_of_finder[rate.finder],
                  {rate.x, plot.y(*view.finders[rate.finder].suggested)}, view.words(rate.finder));
  }
  plot.add(lines + reaches + marks);
  std::string words;
  if (bands) words += "Bars: from seed to seed. ";
  if (!lines.empty()) words += "Lines join points that differ in nothing else. ";
  return figure("Suggested rate and " + name, plot.svg("suggested rate against " + name), words);
}

}  // namespace r50::sweep::page
