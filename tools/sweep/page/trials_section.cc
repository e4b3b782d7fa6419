#include <algorithm>
#include <limits>

#include <absl/strings/str_format.h>

#include "report/format.h"
#include "sweep/page/html.h"
#include "sweep/page/sections.h"

namespace r50::sweep::page {
namespace {

constexpr std::size_t most_rows = 10000;
constexpr std::size_t most_columns = 8;  // of parameters; more are one column of words

struct TrialColumns {  // that this sweep's table has
  bool wide = true, epochs = true, seeds = false, stages = false, messages = false;
};

Html parameter_cell(const Scene& scene, std::size_t trial, const judge::Parameter& parameter) {
  const auto group = scene.group_of[trial];
  const judge::KeyValue* const setting =
      group ? judge::find_setting(scene.groups[*group].point, parameter.name) : nullptr;
  if (!setting) return element("td", {{"class", "number"}, {"data-v", "1e308"}}, Html("–"));
  if (parameter.numbers.empty()) return word_cell(setting->text);
  return number_cell(setting->text, setting->number.value_or(0));
}

Html trial_row(const Scene& scene, std::size_t i, const TrialColumns& columns) {
  const Trial& trial = scene.trials[i];
  Html row = number_cell(std::to_string(trial.number), static_cast<double>(trial.number));
  row += element("td", {{"class", "state " + text_of(trial.state)}}, text(text_of(trial.state)));
  if (columns.stages) row += word_cell(trial.stage.empty() ? "first" : trial.stage);
  row += trial.value ? number_cell(report::brief(*trial.value), *trial.value)
                     : number_cell("", std::numeric_limits<double>::max());
  if (columns.epochs) {
    row += number_cell(std::to_string(trial.done) + "/" + std::to_string(trial.epochs),
                       static_cast<double>(trial.done));
  }
  row += number_cell(report::duration(trial.seconds), trial.seconds);
  if (columns.wide) {
    for (const judge::Parameter& one : scene.varied) row += parameter_cell(scene, i, one);
  } else {
    row += word_cell(scene.point(scene.group_of[i]));
  }
  if (columns.seeds) {
    const std::string seed = scene.seed(i).empty() ? "" : scene.seed(i).substr(5);
    row += number_cell(seed, std::strtod(seed.c_str(), nullptr));
  }
  row += element("td", {{"class", "id"}}, text(trial.id));
  if (columns.messages) row += element("td", {{"class", "message"}}, text(trial.message));
  return element("tr", {{"data-p", scene.tie(scene.group_of[i])}}, row);
}

}  // namespace

Html trials_section(const Scene& scene) {
  if (scene.trials.empty()) return {};
  TrialColumns columns;
  columns.wide = scene.varied.size() <= most_columns;
  columns.epochs = !scene.sweep.finds_rates();
  for (std::size_t i = 0; i < scene.trials.size(); ++i) {
    columns.seeds |= !scene.seed(i).empty();
    columns.stages |= !scene.trials[i].stage.empty();
    columns.messages |= !scene.trials[i].message.empty();
  }
  TableHead head;
  head.add("number", "trial");
  head.add("", "state");
  if (columns.stages) head.add("", "stage");
  head.add("number", scene.sweep.metric.name);
  if (columns.epochs) head.add("number", "epochs");
  head.add("number", "time");
  if (columns.wide) {
    for (const judge::Parameter& one : scene.varied) {
      head.add(one.numbers.empty() ? "" : "number", scene.names.parameter(one.name));
    }
  } else {
    head.add("", "what it sets");
  }
  if (columns.seeds) head.add("number", "seed");
  head.add("", "folder");
  if (columns.messages) head.add("", "message");
  const std::size_t shown = std::min(scene.trials.size(), most_rows);
  Html all(
      "<section><h2>All trials</h2><div class=\"scroll tall\"><table class=\"sortable\"><thead>");
  all += element("tr", head.cells) + Html("</thead><tbody>");
  for (std::size_t i = 0; i < shown; ++i) all += trial_row(scene, i, columns);
  all += Html("</tbody></table></div>");
  if (shown < scene.trials.size()) {
    all += element("p", {{"class", "remark"}},
                   text(absl::StrFormat("The first %d of %d; r50sweep report --csv has all.", shown,
                                        scene.trials.size())));
  }
  if (columns.epochs) {
    all +=
        element("p", {{"class", "remark"}},
                Html("The value of a trial that has not finished is its latest, and no result."));
  }
  all += Html("</section>");
  return all;
}

}  // namespace r50::sweep::page
