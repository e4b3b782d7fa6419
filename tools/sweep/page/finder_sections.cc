#include "sweep/page/finder_sections.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <absl/strings/str_format.h>

#include "sweep/page/charts.h"
#include "sweep/page/html.h"
#include "sweep/page/plot.h"
#include "sweep/show/finder_words.h"

namespace r50::sweep::page {
namespace {

constexpr std::size_t most_rows = 1000;
constexpr std::size_t most_parameters = 24;

// Of each point its band, its rate, and where it diverges, on a scale that all rows share.
class RateStrip {
 public:
  explicit RateStrip(const FinderView& view) : view_(view) {
    std::vector<double> rates;
    for (const Finder& one : view.finders) {
      for (const auto& rate : {one.suggested, one.low, one.high, one.divergence}) {
        if (rate && *rate > 0) rates.push_back(*rate);
      }
    }
    if (rates.empty()) return;
    low_ = *std::min_element(rates.begin(), rates.end());
    high_ = *std::max_element(rates.begin(), rates.end());
  }

  Html drawn(std::size_t finder) const {
    const Finder& one = view_.finders[finder];
    const auto look = view_.look(view_.group_of_finder[finder]);
    Html all;
    if (one.low) {
      all += element("line", {{"class", "reach"},
                              {"x1", place(x(*one.low))},
                              {"x2", place(x(*one.high))},
                              {"y1", "10"},
                              {"y2", "10"}});
    }
    if (one.suggested)
      all += element("g", {{"class", "mark"}}, shape(look, {x(*one.suggested), 10}, 5));
    if (one.divergence) {
      const std::string arms = "M" + place(x(*one.divergence) - 3.5) + " 6.5l7 7m-7 0l7 -7";
      all += element("path", {{"class", "cross"}, {"d", arms}});
    }
    return element("svg",
                   {{"class", "strip " + look_classes(look)},
                    {"viewBox", "0 0 180 20"},
                    {"aria-hidden", "true"}},
                   all);
  }

 private:
  double x(double rate) const {
    const double part = high_ > low_ ? std::log(rate / low_) / std::log(high_ / low_) : 0.5;
    return 8 + 164 * std::clamp(part, 0.0, 1.0);
  }

  const FinderView& view_;
  double low_ = 1, high_ = 1;
};

Html rate_row(const FinderView& view, std::size_t i, const RateStrip& strip, bool any_held) {
  const Finder& one = view.finders[i];
  const auto group = view.group_of_finder[i];
  constexpr double none = HUGE_VAL;
  Html row = element("td", swatch(view.look(group)));
  row += element("th", {{"scope", "row"}}, text(view.name(i)));
  row += number_cell(suggestion_text(one), one.suggested.value_or(none));
  row += number_cell(band_text(one), one.low.value_or(none));
  row += number_cell(divergence_text(one), one.divergence.value_or(none));
  if (any_held) row += word_cell(held_back(one) ? "half of that" : "");
  row += number_cell(std::to_string(one.batch), static_cast<double>(one.batch));
  row += element("td", strip.drawn(i));
  return element("tr", {{"data-p", view.tie(group)}}, row);
}

// What a look stands for, where several points have it.
std::string told_by_look(const FinderView& view, std::size_t group) {
  std::string words;
  for (const std::string& name : {view.told_by_color, view.told_by_dash}) {
    const judge::KeyValue* const setting = judge::find_setting(view.groups[group].point, name);
    if (!setting) continue;
    words += (words.empty() ? "" : ", ") + view.names.parameter(name) + " " + setting->text;
  }
  return words;
}

Html finder_legend(const FinderView& view) {
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> first_of_look;
  Html items;
  for (std::size_t i = 0; i < view.marked.size(); ++i) {
    const Look look = view.looks[i];
    const bool is_new = first_of_look.try_emplace({look.color, look.dash}, view.marked[i]).second;
    if (is_new) items += legend_entry(look, "", told_by_look(view, view.marked[i]));
  }
  if (first_of_look.size() < view.marked.size()) {
    return element("ul", {{"class", "legend"}}, items);
  }
  std::set<std::size_t> without_look;
  for (const auto& group : view.group_of_finder) {
    if (group && !view.look(group)) without_look.insert(*group);
  }
  return legend(view, without_look.size());
}

}  // namespace

Html finder_headline_section(const FinderView& view) {
  return heading(view, view.finders.empty() ? "open" : "level",
                 text(finder_headline(view.finders, view.trials)),
                 finder_reservations(view.finders, view.trials));
}

std::vector<NamedFact> facts_of_finders(const FinderView& view) {
  if (view.finders.empty()) return {};
  std::size_t least = view.finders.front().curves.size(), most = least;
  for (const Finder& one : view.finders) {
    least = std::min(least, one.curves.size());
    most = std::max(most, one.curves.size());
  }
  const std::string seeds =
      least == most ? std::to_string(least) : std::to_string(least) + " to " + std::to_string(most);
  return {{"rule", rules_text(view.finders)}, {"seeds of each point", seeds}};
}

Html rates_section(const FinderView& view) {
  const Html title = element("h2", Html("Suggested rates"));
  if (view.finders.empty()) {
    return element("section", title + element("p", Html("No finder has finished yet.")));
  }
  const bool any_held = std::any_of(view.finders.begin(), view.finders.end(), held_back);
  TableHead head;
  head.add("", "");
  head.add("", "point");
  head.add("number", "suggested");
  head.add("number", "from seed to seed");
  head.add("number", "diverges at");
  if (any_held) head.add("", "held back to");
  head.add("number", "batch");
  head.add("", "band, rate, × diverges");
  const std::size_t shown = std::min(view.finders.size(), most_rows);
  const RateStrip strip(view);
  Html rows;
  for (std::size_t i = 0; i < shown; ++i) rows += rate_row(view, i, strip, any_held);
  constexpr std::size_t many = 25;
  Html all = title +
             element("div", {{"class", shown > many ? "scroll tall" : "scroll"}},
                     element("table", {{"class", "sortable rates"}},
                             element("thead", element("tr", head.cells)) + element("tbody", rows)));
  if (shown < view.finders.size()) {
    all += element("p", {{"class", "remark"}},
                   text(absl::StrFormat("The first %d of %d.", shown, view.finders.size())));
  }
  return element("section", all);
}

Html finder_charts_section(const FinderView& view) {
  Html charts = loss_over_rates(view);
  for (std::size_t i = 0; i < std::min(view.varied.size(), most_parameters); ++i) {
    charts += rates_chart(view, view.varied[i]);
  }
  if (charts.empty()) return {};
  return element("section", element("h2", Html("Charts")) + finder_legend(view) +
                                element("div", {{"class", "charts"}}, charts));
}

}  // namespace r50::sweep::page
