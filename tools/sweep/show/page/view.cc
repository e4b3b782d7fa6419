#include "sweep/show/page/view.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "report/format.h"

namespace r50::sweep::page {
namespace {

std::string key_of(judge::Point point) {
  std::sort(point.begin(), point.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  std::string key;
  for (const judge::Setting& setting : point) key += setting.name + '=' + setting.text + '\n';
  return key;
}

bool same_place(const Coordinates& a, const Coordinates& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
    return x == y || (std::isnan(x) && std::isnan(y));  // a condition that neither meets
  });
}

using Places = std::vector<std::optional<std::size_t>>;

// The group of each trial of a stage. `table` has that stage's trials, in their order.
Places places(const std::vector<Trial>& trials, const judge::Table& table,
              const std::vector<judge::Group>& groups, const std::string& stage) {
  std::map<std::string, std::size_t> by_key;
  for (std::size_t i = 0; i < groups.size(); ++i) by_key[key_of(groups[i].point)] = i;
  Places found(trials.size());
  std::size_t in_table = 0;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (trials[i].stage != stage) continue;
    const auto group = by_key.find(key_of(table.trials[in_table++].point));
    if (group != by_key.end()) found[i] = group->second;
  }
  return found;
}

}  // namespace

View::View(const Source& from)
    : source(from),
      sweep(from.sweep),
      trials(from.trials),
      judged(judge_trials(trials, sweep)),
      judged_names(judged.groups),
      standings(r50::sweep::standings(judged, judged_names, sweep)),
      groups(judge::groups(judge_table(trials, sweep, ""))),
      names(groups),
      varied(judge::varied_parameters(groups)),
      group_of(places(trials, judge_table(trials, sweep, ""), groups, "")) {
  // A point of the second stage is one of the first by its coordinates: [confirm] sets other keys.
  for (std::size_t i = 0; i < trials.size(); ++i) {
    for (std::size_t j = 0; j < trials.size() && !trials[i].stage.empty() && !group_of[i]; ++j) {
      if (trials[j].stage.empty() && same_place(trials[i].at, trials[j].at)) {
        group_of[i] = group_of[j];
      }
    }
  }
  find_leaders();
}

void View::find_leaders() {
  const Places of_judged =
      places(trials, judge_table(trials, sweep, judged.stage), judged.groups, judged.stage);
  for (const Standing& one : standings) {
    if (judged.groups[one.group].diverged > 0) continue;
    const auto trial = std::find(of_judged.begin(), of_judged.end(), std::optional(one.group));
    if (trial == of_judged.end()) continue;
    const auto group = group_of[static_cast<std::size_t>(trial - of_judged.begin())];
    if (group && leaders.size() < most_leaders) leaders.push_back(*group);
  }
}

std::optional<std::size_t> View::leader(std::optional<std::size_t> group) const {
  if (!group) return std::nullopt;
  const auto found = std::find(leaders.begin(), leaders.end(), *group);
  if (found == leaders.end()) return std::nullopt;
  return static_cast<std::size_t>(found - leaders.begin());
}

std::string View::point(std::optional<std::size_t> group) const {
  return group ? names.point(*group) : "second stage";
}

std::string View::seed(std::size_t index) const {
  constexpr std::string_view key = "run.seed=";
  std::string text;
  for (const std::string& word : trials[index].words) {
    if (word.rfind(key, 0) == 0) text = "seed " + word.substr(key.size());
  }
  return text;
}

std::string View::trial(std::size_t index) const {
  std::string text = "trial " + std::to_string(trials[index].number) + ": " +
                     (group_of[index] ? names.point(*group_of[index]) : "second stage");
  const std::string of_seed = seed(index);
  return of_seed.empty() ? text : text + ", " + of_seed;
}

std::string View::value(double value) const {
  return sweep.metric.name + " " + report::brief(value);
}

std::string View::tie(std::optional<std::size_t> group) const {
  return group ? "p" + std::to_string(*group) : "";
}

}  // namespace r50::sweep::page
