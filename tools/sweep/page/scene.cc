#include "sweep/page/scene.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "sweep/show/judged.h"

namespace r50::sweep::page {
namespace {

std::string key_of(judge::PointValues point) {
  std::sort(point.begin(), point.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  std::string key;
  for (const judge::KeyValue& setting : point) key += setting.name + '=' + setting.text + '\n';
  return key;
}

bool same_place(const Coordinates& a, const Coordinates& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
    return x == y || (std::isnan(x) && std::isnan(y));  // a condition that neither meets
  });
}

}  // namespace

std::vector<std::optional<std::size_t>> groups_of_trials(const std::vector<Trial>& trials,
                                                         const SweepFile& sweep,
                                                         const std::vector<judge::Group>& groups,
                                                         const std::string& stage) {
  const judge::Observations table = judge_table(trials, sweep, stage);
  std::map<std::string, std::size_t> by_key;
  for (std::size_t i = 0; i < groups.size(); ++i) by_key[key_of(groups[i].point)] = i;
  std::vector<std::optional<std::size_t>> found(trials.size());
  std::size_t in_table = 0;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (trials[i].stage != stage) continue;
    const auto group = by_key.find(key_of(table.trials[in_table++].point));
    if (group != by_key.end()) found[i] = group->second;
  }
  return found;
}

Scene::Scene(const Source& from)
    : source(from),
      sweep(from.sweep),
      trials(from.trials),
      groups(judge::groups(judge_table(trials, sweep, ""))),
      names(groups),
      varied(judge::varied_parameters(groups)),
      group_of(groups_of_trials(trials, sweep, groups, "")) {
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
  std::string text = "trial " + std::to_string(trials[index].number) + ": ";
  text += point(group_of[index]);
  const std::string of_seed = seed(index);
  return of_seed.empty() ? text : text + ", " + of_seed;
}

std::string Scene::tie(std::optional<std::size_t> group) const {
  return group ? "p" + std::to_string(*group) : "";
}

}  // namespace r50::sweep::page
