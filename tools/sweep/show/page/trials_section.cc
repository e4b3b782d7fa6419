#include <algorithm>
#include <cmath>
#include <limits>

#include "report/format.h"
#include "sweep/show/page/sections.h"

namespace r50::sweep::page {
namespace {

constexpr std::size_t most_rows = 10000;
constexpr std::size_t most_columns = 8;  // of parameters; more are one column of words

struct TrialColumns {  // that this sweep's table has
  bool wide = true, seeds = false, stages = false, messages = false;
};

struct TableHead {
  Html cells;
  void add(const std::string& kind, const std::string& title) {
    cells += element("th", {{"scope", "col"}, {"class", kind}}, text(title));
  }
};

Html word(const std::string& shown) { return element("td", text(shown)); }

Html number(const std::string& shown, double sorts_by) {
  const double by = std::isfinite(sorts_by) ? sorts_by : std::numeric_limits<double>::max();
  return element("td", {{"class", "number"}, {"data-v", report::exact(by)}}, text(shown));
}

Html parameter_cell(const View& view, std::size_t trial, const judge::Parameter& parameter) {
  const auto group = view.group_of[trial];
  const judge::Setting* const setting =
      group ? judge::find_setting(view.groups[*group].point, parameter.name) : nullptr;
  if (!setting) return element("td", {{"class", "number"}, {"data-v", "1e308"}}, Html("–"));
  if (parameter.numbers.empty()) return word(setting->text);
  return number(setting->text, setting->number.value_or(0));
}

Html trial_row(const View& view, std::size_t i, const TrialColumns& columns) {
  const Trial& trial = view.trials[i];
  Html row = number(std::to_string(trial.number), static_cast<double>(trial.number));
  row += element("td", {{"class", "state " + text_of(trial.state)}}, text(text_of(trial.state)));
  if (columns.stages) row += word(trial.stage.empty() ? "first" : trial.stage);
  row += trial.value ? number(report::brief(*trial.value), *trial.value)
                     : number("", std::numeric_limits<double>::max());
  row += number(std::to_string(trial.done) + "/" + std::to_string(trial.epochs),
                static_cast<double>(trial.done));
  row += number(report::duration(trial.seconds), trial.seconds);
  if (columns.wide) {
    for (const judge::Parameter& one : view.varied) row += parameter_cell(view, i, one);
  } else {
    row += word(view.point(view.group_of[i]));
  }
  if (columns.seeds) {
    const std::string seed = view.seed(i).empty() ? "" : view.seed(i).substr(5);
    row += number(seed, std::strtod(seed.c_str(), nullptr));
  }
  row += element("td", {{"class", "id"}}, text(trial.id));
  if (columns.messages) row += element("td", {{"class", "message"}}, text(trial.message));
  return element("tr", {{"data-p", view.tie(view.group_of[i])}}, row);
}

}  // namespace

Html trials_section(const View& view) {
  if (view.trials.empty()) return {};
  TrialColumns columns;
  columns.wide = view.varied.size() <= most_columns;
  for (std::size_t i = 0; i < view.trials.size(); ++i) {
    columns.seeds |= !view.seed(i).empty();
    columns.stages |= !view.trials[i].stage.empty();
    columns.messages |= !view.trials[i].message.empty();
  }
  TableHead head;
  head.add("number", "trial");
  head.add("", "state");
  if (columns.stages) head.add("", "stage");
  head.add("number", view.sweep.metric.name);
  head.add("number", "epochs");
  head.add("number", "time");
  if (columns.wide) {
    for (const judge::Parameter& one : view.varied) {
      head.add(one.numbers.empty() ? "" : "number", view.names.parameter(one.name));
    }
  } else {
    head.add("", "what it sets");
  }
  if (columns.seeds) head.add("number", "seed");
  head.add("", "folder");
  if (columns.messages) head.add("", "message");
  const std::size_t shown = std::min(view.trials.size(), most_rows);
  Html all(
      "<section><h2>All trials</h2><div class=\"scroll tall\"><table class=\"sortable\"><thead>");
  all += element("tr", head.cells) + Html("</thead><tbody>");
  for (std::size_t i = 0; i < shown; ++i) all += trial_row(view, i, columns);
  all += Html("</tbody></table></div>");
  if (shown < view.trials.size()) {
    all += element("p", {{"class", "remark"}},
                   text("The first " + std::to_string(shown) + " of " +
                        std::to_string(view.trials.size()) + "; r50sweep report --csv has all."));
  }
  all += element("p", {{"class", "remark"}},
                 Html("The value of a trial that has not finished is its latest, and no result."));
  all += Html("</section>");
  return all;
}

}  // namespace r50::sweep::page
