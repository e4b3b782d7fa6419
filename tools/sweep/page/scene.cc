#include "sweep/page/scene.h"

#include <algorithm>
#include <cmath>

#include <absl/strings/str_format.h>

#include "report/format.h"
#include "sweep/show/judged.h"

namespace r50::sweep::page {
namespace {

bool same_place(const Coordinates& a, const Coordinates& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
    return x == y || (std::isnan(x) && std::isnan(y));  // a condition that neither meets
  });
}

}  // namespace

Scene::Scene(const Source& from)
    : source(from),
      sweep(from.sweep),
      trials(from.trials),
      groups(judge::groups(judge_table(trials, sweep, ""))),
      names(groups),
      varied(judge::varied_parameters(groups)),
      group_of(groups_of_trials(trials, sweep, "")) {
  // A point of the second stage is one of the first by its coordinates: [confirm] sets other keys.
  for (std::size_t i = 0; i < trials.size(); ++i) {
    for (std::size_t j = 0; j < trials.size() && !trials[i].stage.empty() && !group_of[i]; ++j) {
      if (trials[j].stage.empty() && same_place(trials[i].at, trials[j].at)) {
        group_of[i] = group_of[j];
      }
    }
  }
}

std::optional<std::size_t> Scene::place(std::optional<std::size_t> group) const {
  if (!group) return std::nullopt;
  const auto found = std::find(marked.begin(), marked.end(), *group);
  if (found == marked.end()) return std::nullopt;
  return static_cast<std::size_t>(found - marked.begin());
}

std::optional<Look> Scene::look(std::optional<std::size_t> group) const {
  const auto at = place(group);
  return at ? std::optional(looks[*at]) : std::nullopt;
}

std::size_t Scene::height(std::optional<std::size_t> group) const {
  const auto at = place(group);
  return at ? marked.size() - *at : 0;
}

std::string Scene::point(std::optional<std::size_t> group) const {
  return group ? names.point(*group) : "second stage";
}

std::string Scene::seed(std::size_t index) const {
  constexpr std::string_view key = "run.seed=";
  std::string text;
  for (const std::string& word : trials[index].words) {
    if (word.rfind(key, 0) == 0) text = "seed " + word.substr(key.size());
  }
  return text;
}

std::string Scene::trial(std::size_t index) const {
  const std::string text =
      absl::StrFormat("trial %d: %s", trials[index].number, point(group_of[index]));
  const std::string of_seed = seed(index);
  return of_seed.empty() ? text : text + ", " + of_seed;
}

std::string Scene::tie(std::optional<std::size_t> group) const {
  return group ? "p" + std::to_string(*group) : "";
}

View::View(const Source& from)
    : Scene(from),
      judged(judge_trials(trials, sweep)),
      judged_names(judged.groups),
      standings(r50::sweep::standings(judged, judged_names, sweep)) {
  mark_leaders();
}

void View::mark_leaders() {
  const auto of_judged = groups_of_trials(trials, sweep, judged.stage);
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
