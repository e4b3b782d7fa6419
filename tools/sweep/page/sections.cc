#include "sweep/page/sections.h"

#include <algorithm>
#include <limits>

#include <absl/strings/str_format.h>

#include "report/format.h"
#include "sweep/judge/sentence.h"
#include "sweep/page/html.h"
#include "sweep/roster/counts.h"
#include "sweep/show/standing.h"

namespace r50::sweep::page {

Html heading(const Scene& scene, const std::string& kind, const Html& said,
             const std::vector<std::string>& reservations) {
  Html all = element("p", {{"class", "eyebrow"}}, Html("r50 sweep")) +
             element("h1", text(scene.sweep.name)) +
             element("p", {{"class", "verdict " + kind}}, said);
  for (const std::string& one : reservations) {
    all += remark(text(one));
  }
  return element("header", all);
}

Html headline_section(const View& view) {
  const bool judged = was_judged(view.judged);
  const std::string said = judge::headline(view.judged.verdict, view.judged_names);
  // The judge's own advice has code in it; names that come from files stay text.
  const std::string code = "`seeds = 3`";
  const auto at = said.find(code);
  const Html shown = at == std::string::npos
                         ? text(said)
                         : text(said.substr(0, at)) + element("code", Html("seeds = 3")) +
                               text(said.substr(at + code.size()));
  const char* const kind = !judged ? "open" : view.judged.verdict.wins ? "won" : "level";
  return heading(view, kind, shown, reservations(view.judged, view.trials));
}

namespace {

constexpr std::size_t most_failures = 20;

Html drawn_fact(const NamedFact& fact) {
  return element("div", element("dt", text(fact.name)) + element("dd", text(fact.value)));
}

std::string words_on_failures(const SweepFile& sweep) {
  const std::string what = sweep.finds_rates() ? "A failed finder suggests nothing. "
                                               : "A failed trial has no value and is in no mean. ";
  return what + "r50sweep logs shows what it said last; r50sweep retry runs it again.";
}

Html failures(const Scene& scene) {
  Html rows;
  std::size_t count = 0;
  for (std::size_t i = 0; i < scene.trials.size(); ++i) {
    const Trial& trial = scene.trials[i];
    if (trial.state != TrialState::failed || ++count > most_failures) continue;
    const std::string message = trial.message.empty() ? "it said nothing" : trial.message;
    rows += element("li", text(scene.trial(i) + " (" + trial.id + "): ") +
                              element("span", {{"class", "message"}}, text(message)));
  }
  if (count == 0) return {};
  const std::string title = absl::StrFormat("%d %s failed", count, count == 1 ? "trial" : "trials");
  if (count > most_failures) {
    rows += element("li", text(absl::StrFormat("and %d more, in the table of all trials",
                                               count - most_failures)));
  }
  return element("div", {{"class", "failures"}},
                 element("h3", text(title)) + element("ul", rows) +
                     remark(text(words_on_failures(scene.sweep))));
}

}  // namespace

Html state_section(const Scene& scene, const std::vector<NamedFact>& more) {
  const Counts counts = count(scene.trials);
  Html facts = drawn_fact({"finished", absl::StrFormat("%d of %d %s", counts.finished, counts.all(),
                                                       counts.all() == 1 ? "trial" : "trials")});
  const auto add = [&](int number, const char* word) {
    if (number > 0) facts += drawn_fact({word, std::to_string(number)});
  };
  add(counts.running, "running");
  add(counts.waiting, "waiting");
  add(counts.paused, "paused at a rung");
  add(counts.stopped, "stopped early");
  add(counts.failed, "failed");
  double seconds = 0;
  for (const Trial& trial : scene.trials) seconds += trial.seconds;
  facts += drawn_fact({"time of all trials", report::duration(seconds)});
  if (scene.sweep.launcher.price_per_hour > 0) {
    const double cost = seconds / 3600 * scene.sweep.launcher.price_per_hour;
    facts += drawn_fact({"cost", "$" + report::fixed(cost, 2)});
  }
  for (const NamedFact& one : more) facts += drawn_fact(one);
  return element("section", element("dl", {{"class", "facts"}}, facts) + failures(scene));
}

namespace {

Html builds_part(const std::map<std::string, int>& builds) {
  if (builds.empty()) return {};
  Html items;
  for (const auto& [build, trials] : builds) {
    const std::string how_many = absl::StrFormat(": %d of the trials looked at", trials);
    items += element("li", text(builds.size() == 1 ? build : build + how_many));
  }
  if (builds.size() == 1) return element("h3", Html("Built and run by")) + element("ul", items);
  return element("h3", Html("Built and run by several")) + element("ul", items) +
         remark(Html("Trials of different builds or machines may differ by more than their "
                     "parameters."));
}

}  // namespace

Html making_section(const Scene& scene) {
  Html all = element("h2", Html("How it was made"));
  all += element("p", Html("Run it, or resume it:"));
  all += element("pre", element("code", text("r50sweep " + scene.sweep.path)));
  all += element("p", Html("Write this page again:"));
  all += element("pre", element("code", text("r50sweep report " + scene.sweep.path)));
  if (!scene.source.experiment.empty()) {
    all += element("p", text("The experiment that all trials vary: " + scene.source.experiment));
  }
  all += builds_part(scene.source.builds);
  const std::string warning = mixed_trials(scene.trials);
  if (!warning.empty()) all += remark(text(warning));
  if (!scene.source.file_text.empty()) {
    all += element("h3", Html("The sweep file")) +
           element("pre", element("code", text(scene.source.file_text)));
  }
  return element("section", all);
}

namespace {

constexpr std::size_t most_trials = 10000;
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
    row += number_cell(absl::StrFormat("%d/%d", trial.done, trial.epochs),
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
  const std::size_t shown = std::min(scene.trials.size(), most_trials);
  Html all(
      "<section><h2>All trials</h2><div class=\"scroll tall\"><table class=\"sortable\"><thead>");
  all += element("tr", head.cells) + Html("</thead><tbody>");
  for (std::size_t i = 0; i < shown; ++i) all += trial_row(scene, i, columns);
  all += Html("</tbody></table></div>");
  if (shown < scene.trials.size()) {
    all += remark(text(absl::StrFormat("The first %d of %d; r50sweep report --csv has all.", shown,
                                       scene.trials.size())));
  }
  if (columns.epochs) {
    all += remark(Html("The value of a trial that has not finished is its latest, and no result."));
  }
  all += Html("</section>");
  return all;
}

}  // namespace r50::sweep::page
