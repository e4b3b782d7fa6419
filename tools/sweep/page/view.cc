#include "sweep/page/view.h"

#include <algorithm>

#include "report/format.h"

namespace r50::sweep::page {

View::View(const Source& from)
    : Scene(from),
      judged(judge_trials(trials, sweep)),
      judged_names(judged.groups),
      standings(r50::sweep::standings(judged, judged_names, sweep)) {
  mark_leaders();
}

void View::mark_leaders() {
  const auto of_judged = groups_of_trials(trials, sweep, judged.groups, judged.stage);
  for (const Standing& one : standings) {
    if (judged.groups[one.group].diverged > 0) continue;
    const auto trial = std::find(of_judged.begin(), of_judged.end(), std::optional(one.group));
    if (trial == of_judged.end()) continue;
    const auto group = group_of[static_cast<std::size_t>(trial - of_judged.begin())];
    if (!group || marked.size() == most_leaders) continue;
    looks.push_back({marked.size(), marked.size()});
    marked.push_back(*group);
  }
}

std::string View::value(double value) const {
  return sweep.metric.name + " " + report::brief(value);
}

}  // namespace r50::sweep::page
