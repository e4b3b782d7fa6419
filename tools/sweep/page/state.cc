#include <algorithm>

#include "report/format.h"
#include "sweep/page/sections.h"
#include "sweep/roster/counts.h"

namespace r50::sweep::page {
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
  const std::string title =
      count == 1 ? "1 trial failed" : std::to_string(count) + " trials failed";
  if (count > most_failures) {
    rows += element("li", text("and " + std::to_string(count - most_failures) +
                               " more, in the table of all trials"));
  }
  return element("div", {{"class", "failures"}},
                 element("h3", text(title)) + element("ul", rows) +
                     element("p", {{"class", "remark"}}, text(words_on_failures(scene.sweep))));
}

}  // namespace

Html state_section(const Scene& scene, const std::vector<NamedFact>& more) {
  const Counts counts = count(scene.trials);
  Html facts = drawn_fact({"finished", std::to_string(counts.finished) + " of " +
                                           std::to_string(counts.all()) +
                                           (counts.all() == 1 ? " trial" : " trials")});
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

}  // namespace r50::sweep::page
