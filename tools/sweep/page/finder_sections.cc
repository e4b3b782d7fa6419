#include "sweep/page/sections.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include "sweep/page/html.h"
#include "sweep/page/plot.h"
#include "sweep/show/finders.h"

namespace r50::sweep::page {
namespace {

// With more looks no eye could distinguish the points: no two of these have both colour and dash in
// common.
constexpr std::size_t most_looks = 12;

bool has_at_most(const judge::Parameter& parameter, std::size_t values) {
  return parameter.everywhere && parameter.values.size() <= values;
}

struct Marks {
  const judge::Parameter *color = nullptr, *dash = nullptr;
};

Marks of_two(const judge::Parameter& first, const judge::Parameter& second) {
  const bool straight = has_at_most(first, most_colors) && has_at_most(second, most_dashes);
  const bool turned = has_at_most(second, most_colors) && has_at_most(first, most_dashes);
  if (turned && (!straight || second.values.size() > first.values.size())) {
    return {&second, &first};
  }
  return straight ? Marks{&first, &second} : Marks{};
}

// Of two parameters one is shown by colours and one by dashes, so that the grid is seen in the
// chart. Where there are more points than looks, several may share one.
Marks marked_parameters(const std::vector<judge::Parameter>& varied, std::size_t points) {
  Marks marks;
  if (varied.size() == 2) marks = of_two(varied[0], varied[1]);
  if (marks.color || points <= most_looks) return marks;
  for (const judge::Parameter& one : varied) {
    if (!marks.color && has_at_most(one, most_colors)) {
      marks.color = &one;
    } else if (!marks.dash && has_at_most(one, most_dashes)) {
      marks.dash = &one;
    }
  }
  return marks.color ? marks : Marks{};
}

}  // namespace

FinderView::FinderView(const Source& from) : Scene(from), finders(from.finders) {
  for (std::size_t i = 0; i < finders.size(); ++i) {
    const auto trial = trial_of(i);
    group_of_finder.push_back(trial ? group_of[*trial] : std::nullopt);
  }
  choose_looks();
}

// A point keeps its look while others are still to finish.
void FinderView::choose_looks() {
  std::vector<std::optional<Look>> of_groups(groups.size());
  const Marks marks = marked_parameters(varied, groups.size());
  if (marks.color) told_by_color = marks.color->name;
  if (marks.dash) told_by_dash = marks.dash->name;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (marks.color) {
      const judge::PointValues& point = groups[i].point;
      const std::size_t color = *judge::level(*marks.color, point);
      of_groups[i] = {color, marks.dash ? *judge::level(*marks.dash, point) : color % most_dashes};
    } else if (i < most_looks) {
      of_groups[i] = {i % most_colors, i % most_dashes};
    }
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const bool found = std::find(group_of_finder.begin(), group_of_finder.end(),
                                 std::optional(i)) != group_of_finder.end();
    if (!found || !of_groups[i]) continue;
    marked.push_back(i);
    looks.push_back(*of_groups[i]);
  }
}

std::optional<std::size_t> FinderView::trial_of(std::size_t finder) const {
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (trials[i].number == finders[finder].trial.number) return i;
  }
  return std::nullopt;
}

std::string FinderView::name(std::size_t finder) const {
  const auto trial = trial_of(finder);
  const std::string of_seed = trial ? seed(*trial) : "";
  return finders[finder].name + (of_seed.empty() ? "" : ", " + of_seed);
}

std::string FinderView::words(std::size_t finder) const {
  const Finder& one = finders[finder];
  std::string text = name(finder) + ": suggests " + suggestion_text(one);
  const std::string band = band_text(one);
  if (!band.empty() && one.curves.size() > 1) text += ", its seeds " + band;
  return text + (one.divergence ? ", diverges at " : ", diverges ") + divergence_text(one);
}

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
      all += line_between("reach", x(*one.low), x(*one.high), 10, 10);
    }
    if (one.suggested)
      all += element("g", {{"class", "mark"}}, shape(look, {x(*one.suggested), 10}, 5));
    if (one.divergence) {
      const std::string arms = "M" + place(x(*one.divergence) - 3.5) + " 6.5l7 7m-7 0l7 -7";
      all += element("path", {{"class", "cross"}, {"d", arms}});
    }
    return small_picture("strip " + look_classes(look), "0 0 180 20", all);
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
  const std::string seeds = least == most ? absl::StrCat(least) : absl::StrCat(least, " to ", most);
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
    all += remark(text(absl::StrFormat("The first %d of %d.", shown, view.finders.size())));
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
