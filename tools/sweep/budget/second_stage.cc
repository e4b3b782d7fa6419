#include "sweep/budget/second_stage.h"

#include <absl/strings/str_cat.h>
#include <algorithm>
#include <set>

#include "r50/error.h"
#include "sweep/roster/merge.h"
#include "sweep/search/space.h"

namespace r50::sweep {

SecondStage::SecondStage(const SweepFile& sweep, Ask ask, bool merged)
    : sweep_(sweep), ask_(std::move(ask)), merged_(merged) {}

void SecondStage::review(const std::vector<Trial>& trials) {
  if (!ask_ || sweep_.confirm.top == 0) return;
  const std::int64_t over =
      std::count_if(trials.begin(), trials.end(), [](const Trial& trial) { return trial.over(); });
  if (seen_ == trials.size() && over_ == over) return;
  seen_ = trials.size();
  over_ = over;

  std::set<Coordinates> listed;
  for (const Trial& trial : trials) {
    if (trial.stage == "confirm") listed.insert(comparable(trial.at));
  }
  chosen_ = !listed.empty();
  const std::vector<PointValue> best = points_to_confirm(trials, sweep_);
  std::vector<Coordinates> points;
  for (const PointValue& one : best) {
    if (listed.count(comparable(one.at)) == 0) points.push_back(one.at);
  }
  std::vector<Coordinates> example = points;
  if (!chosen_) {
    const std::vector<Coordinates> more = others(trials, best);
    points.insert(points.end(), more.begin(), more.end());
  } else if (!best.empty()) {
    example = {best.front().at};
  }
  std::vector<Coordinates> chosen;
  for (const PointValue& one : best) {
    if (listed.count(comparable(one.at)) > 0) chosen.push_back(one.at);
  }
  for (const std::vector<Coordinates>* some : {&chosen, &points, &example}) note(*some);
  // Where [confirm] set says what the first stage varies, or in averages alone, points are one.
  std::map<std::string, Coordinates> runs;
  for (const Coordinates& at : chosen) runs.emplace(run_of(at), comparable(at));
  points_ = 0;
  to_come_.clear();
  for (const Coordinates& at : points) {
    const std::vector<Trial> seeds = seeds_of(at);
    const auto [run, is_new] = runs.emplace(run_of(at), comparable(at));
    if (!is_new && run->second != comparable(at)) continue;
    ++points_;
    to_come_.insert(to_come_.end(), seeds.begin(), seeds.end());
  }
  another_ = example.empty() ? std::vector<Trial>() : seeds_of(example.front());
}

// Who may yet be among the best, in their order; a search has not even made up all of them.
std::vector<Coordinates> SecondStage::others(const std::vector<Trial>& trials,
                                             const std::vector<PointValue>& best) const {
  const auto wanted = static_cast<std::size_t>(sweep_.confirm.top) - best.size();
  std::set<Coordinates> known;
  std::set<std::int64_t> points;
  for (const PointValue& one : best) known.insert(comparable(one.at));
  std::vector<Coordinates> others;
  for (const Trial& trial : trials) {
    if (!trial.stage.empty()) continue;
    points.insert(trial.point);
    if (others.size() < wanted && !trial.over() && known.insert(comparable(trial.at)).second) {
      others.push_back(trial.at);
    }
  }
  if (sweep_.method != Method::tpe || (others.empty() && best.empty())) return others;
  const Coordinates any = others.empty() ? best.front().at : others.front();
  auto unborn = sweep_.run_cap - static_cast<std::int64_t>(points.size());
  while (others.size() < wanted && unborn-- > 0) others.push_back(any);
  return others;
}

// An answer that never comes, or a point where [confirm] set is wrong, is no reason to end a sweep
// for a forecast.
void SecondStage::note(const std::vector<Coordinates>& points) {
  std::vector<Coordinates> unknown;
  std::vector<Settings> variants;
  for (const Coordinates& at : points) {
    if (!known_.emplace(comparable(at), std::nullopt).second) continue;
    unknown.push_back(at);
    variants.push_back(set_over(sweep_.parameters.settings(at), sweep_.confirm.set));
  }
  if (variants.empty()) return;
  std::vector<Checked> answers;
  try {
    answers = ask_(variants);
  } catch (const Error&) {
    return;
  }
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i].good()) continue;
    Trial trial;
    trial.id = answers[i].id;
    trial.stage = "confirm";
    trial.at = unknown[i];
    trial.epochs = answers[i].epochs;
    std::string run = merged_ ? outside_averages(answers[i].resolved) : "";
    if (run.empty()) run = answers[i].id;
    known_[comparable(unknown[i])] = StandIn{std::move(trial), std::move(run)};
  }
}

std::vector<Trial> SecondStage::seeds_of(const Coordinates& at) const {
  const auto found = known_.find(comparable(at));
  if (found == known_.end() || !found->second) return {};
  return std::vector<Trial>(static_cast<std::size_t>(sweep_.confirm.seeds), found->second->trial);
}

// A point of which nothing is known is one of its own.
std::string SecondStage::run_of(const Coordinates& at) const {
  const auto found = known_.find(comparable(at));
  if (found != known_.end() && found->second) return found->second->run;
  std::string own = "at";
  for (const double value : comparable(at)) absl::StrAppend(&own, " ", value);
  return own;
}

}  // namespace r50::sweep
