#include <algorithm>
#include <map>

#include "report/format.h"
#include "sweep/control/progress.h"
#include "sweep/judge/sentence.h"
#include "sweep/show/page/sections.h"

namespace r50::sweep::page {
namespace {

constexpr std::size_t most_failures = 20;

Html fact(const std::string& name, const std::string& value) {
  return element("div", element("dt", text(name)) + element("dd", text(value)));
}

std::string goal_text(const SweepFile& sweep) {
  return sweep.metric.name + (sweep.maximize() ? ", higher is better" : ", lower is better");
}

Html failures(const View& view) {
  Html rows;
  std::size_t count = 0;
  for (std::size_t i = 0; i < view.trials.size(); ++i) {
    const Trial& trial = view.trials[i];
    if (trial.state != TrialState::failed || ++count > most_failures) continue;
    const std::string message = trial.message.empty() ? "it said nothing" : trial.message;
    rows += element("li", text(view.trial(i) + " (" + trial.id + "): ") +
                              element("span", {{"class", "message"}}, text(message)));
  }
  if (count == 0) return {};
  const std::string title =
      count == 1 ? "1 trial failed" : std::to_string(count) + " trials failed";
  if (count > most_failures) {
    rows += element("li", text("and " + std::to_string(count - most_failures) +
                               " more, in the table of all trials"));
  }
  return element("div", {{"class", "failures"}},
                 element("h3", text(title)) + element("ul", rows) +
                     element("p", {{"class", "remark"}},
                             text("A failed trial has no value and is in no mean. r50sweep logs "
                                  "shows what it said last; r50sweep retry runs it again.")));
}

}  // namespace

Html headline_section(const View& view) {
  Html all = element("p", {{"class", "eyebrow"}}, text("r50 sweep")) +
             element("h1", text(view.sweep.name));
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
  all += element("p", {{"class", std::string("verdict ") + kind}}, shown);
  for (const std::string& one : reservations(view.judged, view.trials)) {
    all += element("p", {{"class", "remark"}}, text(one));
  }
  return element("header", all);
}

Html state_section(const View& view) {
  const Counts counts = count(view.trials);
  Html facts =
      fact("finished", std::to_string(counts.finished) + " of " + std::to_string(counts.all()) +
                           (counts.all() == 1 ? " trial" : " trials"));
  const auto add = [&](int number, const char* word) {
    if (number > 0) facts += fact(word, std::to_string(number));
  };
  add(counts.running, "running");
  add(counts.waiting, "waiting");
  add(counts.paused, "paused at a rung");
  add(counts.stopped, "stopped early");
  add(counts.failed, "failed");
  double seconds = 0;
  for (const Trial& trial : view.trials) seconds += trial.seconds;
  facts += fact("time of all trials", report::duration(seconds));
  if (view.sweep.launcher.price_per_hour > 0) {
    facts +=
        fact("cost", "$" + report::fixed(seconds / 3600 * view.sweep.launcher.price_per_hour, 2));
  }
  facts += fact("metric", goal_text(view.sweep));
  return element("section", element("dl", {{"class", "facts"}}, facts) + failures(view));
}

}  // namespace r50::sweep::page
