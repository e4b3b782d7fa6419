#include <algorithm>
#include <cmath>

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
      all += element("line", {{"class", "interval"},
                              {"x1", place(x(group.mean - *group.half_width))},
                              {"x2", place(x(group.mean + *group.half_width))},
                              {"y1", "10"},
                              {"y2", "10"}});
    }
    if (group.values.size() > 1) {
      for (const judge::SeedValue& one : group.values) {
        all += element("line", {{"class", "seed"},
                                {"x1", place(x(one.value))},
                                {"x2", place(x(one.value))},
                                {"y1", "4"},
                                {"y2", "16"}});
      }
    }
    all += element("circle", {{"cx", place(x(group.mean))}, {"cy", "10"}, {"r", "4"}});
    return element("svg", {{"class", "strip"}, {"viewBox", "0 0 180 20"}, {"aria-hidden", "true"}},
                   all);
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

std::string counted(std::size_t more) {
  return std::to_string(more) + (more == 1 ? " more point" : " more points");
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
    const auto number = [](const std::string& shown) {
      return element("td", {{"class", "number"}}, text(shown));
    };
    Html row = element("th", {{"scope", "row"}}, text(one.name)) + number(one.mean);
    if (replicated) {
      row += number(one.deviation);
      row += number(one.half_width.empty() ? "" : "± " + one.half_width);
    }
    row += number(one.seeds);
    if (judged) {
      row += number(one.behind);
      row += number(one.p);
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
    all += element("details", element("summary", text(std::to_string(rest) + " more")) +
                                  listed(said, most_said, most_folded));
  }
  if (said.size() > most_folded) {
    all += element("p", {{"class", "remark"}},
                   text("and " + std::to_string(said.size() - most_folded) + " more"));
  }
  return all +
         element(
             "p", {{"class", "remark"}},
             Html("Each difference is taken seed by seed, with its 95 % interval by "
                  "Student's t; p is corrected for the number of points and for the leader being "
                  "chosen among them, more strictly than by Holm's factors alone."));
}

}  // namespace

Html points_section(const View& view) {
  const bool judged = was_judged(view.judged);
  Html all = element("h2", judged ? Html("Best points") : Html("Points, by their values"));
  if (view.standings.empty()) {
    return element("section", all + element("p", Html("No trial has finished yet.")));
  }
  if (!judged) {
    all += element("p", {{"class", "remark"}},
                   has_replicates(view.judged)
                       ? Html("Not judged: the order is no verdict.")
                       : Html("Not judged: each point has one seed, and what one seed gives may be "
                              "luck. The order is no verdict."));
  }
  all += points_table(view, judged);
  if (view.standings.size() > most_points) {
    all += element("p", {{"class", "remark"}},
                   text("and " + counted(view.standings.size() - most_points) +
                        "; the table of all trials has all."));
  }
  return element("section", all + differences_part(view));
}

}  // namespace r50::sweep::page
