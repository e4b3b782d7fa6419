#include <algorithm>
#include <cmath>

#include <absl/strings/str_format.h>

#include "report/format.h"
#include "sweep/judge/sentence.h"
#include "sweep/page/plot.h"
#include "sweep/page/sections.h"

namespace r50::sweep::page {
namespace {

constexpr std::size_t most_points = 15;
constexpr std::size_t most_said = 10, most_folded = 200;

// Mean, interval and seeds of a point on a scale that all rows share.
class Strip {
 public:
  explicit Strip(const View& view) : groups_(view.judged.groups) {
    std::vector<double> values;
    for (std::size_t i = 0; i < std::min(view.standings.size(), most_points); ++i) {
      const judge::Group& group = groups_[view.standings[i].group];
      if (!std::isfinite(group.mean)) continue;
      for (const judge::SeedValue& one : group.values) values.push_back(one.value);
      values.push_back(group.mean - group.half_width.value_or(0));
      values.push_back(group.mean + group.half_width.value_or(0));
    }
    range_ = metric_range(values, view.sweep.maximize());
  }

  Html drawn(std::size_t number) const {
    const judge::Group& group = groups_[number];
    if (!std::isfinite(group.mean)) return {};
    Html all;
    if (group.half_width) {
      all += line_between("interval", x(group.mean - *group.half_width),
                          x(group.mean + *group.half_width), 10, 10);
    }
    if (group.values.size() > 1) {
      for (const judge::SeedValue& one : group.values) {
        all += line_between("seed", x(one.value), x(one.value), 4, 16);
      }
    }
    all += element("circle", {{"cx", place(x(group.mean))}, {"cy", "10"}, {"r", "4"}});
    return small_picture("strip", "0 0 180 20", all);
  }

 private:
  double x(double value) const {
    const double span = range_.high - range_.low;
    const double part = span > 0 ? (value - range_.low) / span : 0.5;
    return 8 + 164 * std::clamp(part, -0.04, 1.04);
  }

  const std::vector<judge::Group>& groups_;
  Range range_;
};

// Not by colour alone: a word, and a sign before it.
Html verdict_cell(const std::string& word) {
  std::string sign = "○ ";
  std::string kind = "open";
  if (word == "wins" || word == "leads") sign = "★ ", kind = "best";
  if (word == "separable") sign = "✓ ", kind = "apart";
  if (word == "not separable") sign = "≈ ", kind = "level";
  return element("td", {{"class", "word " + kind}}, text(sign + word));
}

Html points_table(const View& view, bool judged) {
  const bool replicated = has_replicates(view.judged);
  Html head;
  const auto add_head = [&](Literal kind, const std::string& title) {
    head += element("th", {{"class", std::string(kind.text)}, {"scope", "col"}}, text(title));
  };
  add_head("", "point");
  add_head("number", "mean");
  if (replicated) {
    add_head("number", "sd");
    add_head("number", "95 %");
  }
  add_head("number", "seeds");
  if (judged) {
    add_head("number", "the leader is better by");
    add_head("number", "p (corrected)");
    add_head("", "verdict");
  }
  add_head("", replicated ? "mean, interval, seeds" : "");
  const Strip strip(view);
  Html rows;
  for (std::size_t i = 0; i < std::min(view.standings.size(), most_points); ++i) {
    const Standing& one = view.standings[i];
    Html row = element("th", {{"scope", "row"}}, text(one.name)) + number_cell(one.mean);
    if (replicated) {
      row += number_cell(one.deviation);
      row += number_cell(one.half_width.empty() ? "" : "± " + one.half_width);
    }
    row += number_cell(one.seeds);
    if (judged) {
      row += number_cell(one.behind);
      row += number_cell(one.p);
      row += verdict_cell(one.word);
    }
    row += element("td", strip.drawn(one.group));
    rows += element(
        "tr", {{"class", judged && view.judged.verdict.best == one.group ? "best" : ""}}, row);
  }
  return element("div", {{"class", "scroll"}},
                 element("table", element("thead", element("tr", head)) + element("tbody", rows)));
}

Html listed(const std::vector<std::string>& said, std::size_t from, std::size_t to) {
  Html items;
  for (std::size_t i = from; i < std::min(to, said.size()); ++i) {
    items += element("li", text(said[i]));
  }
  return element("ul", items);
}

Html differences_part(const View& view) {
  const auto said = differences(view.judged, view.judged_names, view.sweep);
  if (said.empty()) return {};
  Html all = element("h3", Html("Differences from the leading point")) + listed(said, 0, most_said);
  if (said.size() > most_said) {
    const std::size_t rest = std::min(said.size(), most_folded) - most_said;
    all += element("details", element("summary", text(absl::StrFormat("%d more", rest))) +
                                  listed(said, most_said, most_folded));
  }
  if (said.size() > most_folded) {
    all += remark(text(absl::StrFormat("and %d more", said.size() - most_folded)));
  }
  return all +
         remark(Html("Each difference is taken seed by seed, with its 95 % interval by "
                     "Student's t; p is corrected for the number of points and for the leader "
                     "being chosen among them, more strictly than by Holm's factors alone."));
}

}  // namespace

Html points_section(const View& view) {
  const bool judged = was_judged(view.judged);
  Html all = element("h2", judged ? Html("Best points") : Html("Points, by their values"));
  if (view.standings.empty()) {
    return element("section", all + element("p", Html("No trial has finished yet.")));
  }
  if (!judged) {
    all += remark(has_replicates(view.judged)
                      ? Html("Not judged: the order is no verdict.")
                      : Html("Not judged: each point has one seed, and what one seed gives may be "
                             "luck. The order is no verdict."));
  }
  all += points_table(view, judged);
  if (view.standings.size() > most_points) {
    const std::size_t more = view.standings.size() - most_points;
    all += remark(text(absl::StrFormat("and %d more %s; the table of all trials has all.", more,
                                       more == 1 ? "point" : "points")));
  }
  return element("section", all + differences_part(view));
}

namespace {

Html bar(const judge::Effect& effect) {
  constexpr double full = 200;
  const auto part = [](const std::string& kind, double width) {
    return element(
        "rect",
        {{"class", kind}, {"x", "0.5"}, {"y", "3"}, {"height", "12"}, {"width", place(width)}});
  };
  return small_picture("bar", "0 0 201 18",
                       part("back", full) + part("alone", full * effect.share));
}

}  // namespace

Html effects_section(const View& view) {
  const judge::Effects& effects = view.judged.effects;
  Html all = element("h2", Html("What each parameter does"));
  if (!effects.parameters.empty()) {
    all +=
        remark(Html("Main effects: the share of the points' differences that each parameter "
                    "explains alone, and the mean ± the standard deviation of the points at "
                    "each of its values. An effect that two parameters only have together does "
                    "not show here; the charts show it."));
    Html rows;
    for (const judge::Effect& effect : effects.parameters) {
      Html row = element("th", {{"scope", "row"}},
                         text(view.names.parameter(effect.name) +
                              (effect.conditional ? " (where it applies)" : "")));
      row += number_cell(report::share(effect.share)) + element("td", bar(effect));
      row += element("td", text(judge::levels_text(effect)));
      rows += element("tr", row + number_cell(std::to_string(effect.points)));
    }
    all += element(
        "div", {{"class", "scroll"}},
        element("table", {{"class", "effects"}},
                Html("<thead><tr><th scope=\"col\">parameter</th><th scope=\"col\" "
                     "class=\"number\">share</th><td></td><th scope=\"col\">mean at each value"
                     "</th><th scope=\"col\" class=\"number\">points</th></tr></thead>") +
                    element("tbody", rows)));
  }
  if (!effects.remark.empty()) {
    const std::string before = effects.parameters.empty() ? "Not estimated: " : "";
    all += element("p", text(before + effects.remark));
  }
  return element("section", all);
}

}  // namespace r50::sweep::page
