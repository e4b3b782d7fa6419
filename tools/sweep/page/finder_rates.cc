#include <algorithm>
#include <cmath>
#include <map>

#include "sweep/page/charts.h"
#include "sweep/page/finder_sections.h"
#include "sweep/page/plot.h"

namespace r50::sweep::page {
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
    const auto group = view.group_of_finder[i];
    if (!group || !view.finders[i].suggested) continue;
    const auto at = on_axis(parameter, view.groups[*group].point);
    if (!at) continue;
    by_value[*at].push_back(i);
    ++drawn;
  }
  const Frame& frame = plot.frame();
  double room = frame.width - frame.left - frame.right, last = -HUGE_VAL;  // between two values
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
  std::string key;
  for (const std::string& word : words) key += word;
  return key;
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
  Plot plot(
      parameter_axis(parameter), magnitude_axis(all),
      parameter.scale == judge::Parameter::Scale::logarithmic ? name + " (logarithmic)" : name,
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
