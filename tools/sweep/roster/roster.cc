#include "sweep/roster/roster.h"

#include <absl/strings/str_format.h>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace r50::sweep {
namespace {

constexpr std::int64_t most_attempts = 200;

Seen::State seen_state(TrialState state) {
  switch (state) {
    case TrialState::finished:
      return Seen::State::complete;
    case TrialState::paused:
    case TrialState::stopped:
      return Seen::State::stopped;
    case TrialState::failed:
      return Seen::State::failed;
    default:
      return Seen::State::running;
  }
}

bool is_seed(const std::string& word) { return word.rfind("run.seed=", 0) == 0; }

// What its replicates share: the words without the seed, which they are set apart by.
std::string point_key(std::string stage, const std::vector<std::string>& words) {
  std::string key = std::move(stage);
  for (const std::string& word : words) {
    if (!is_seed(word)) key += "\n" + word;
  }
  return key;
}

}  // namespace

std::unique_ptr<Searcher> make_searcher(const SweepFile& sweep) {
  const Space space = sweep.parameters.space();
  const auto seed = static_cast<std::uint64_t>(sweep.seed);
  switch (sweep.method) {
    case Method::random:
      return random_search(space, seed);
    case Method::sobol:
      return sobol_search(space, seed);
    case Method::tpe:
      return tpe_search(space, seed);
    case Method::grid:
    case Method::lr_find:
    case Method::list:
      break;
  }
  return grid_search(space);
}

std::int64_t longest_epochs(const Parameters& parameters) {
  std::int64_t longest = 0;
  const auto look = [&](const Settings& settings) {
    for (const Setting& one : settings) {
      if (one.key == "run.epochs" && one.value.integer()) {
        longest = std::max(longest, *one.value.integer());
      }
    }
  };
  look(parameters.constants);
  for (const VariedKey& axis : parameters.axes) {
    for (const Settings& choice : axis.choices) look(choice);
    if (axis.key == "run.epochs") {
      longest = std::max(longest, static_cast<std::int64_t>(axis.dimension.high));
    }
  }
  return longest;
}

std::vector<PointValue> point_values(const std::vector<Trial>& trials, const std::string& stage) {
  std::map<std::int64_t, PointValue> points;
  for (const Trial& trial : trials) {
    if (trial.stage != stage || trial.state != TrialState::finished || !trial.value) continue;
    PointValue& one = points[trial.point];
    one.point = trial.point;
    one.at = trial.at;
    one.value += *trial.value;
    ++one.trials;
  }
  std::vector<PointValue> values;
  for (auto& [number, one] : points) {
    one.value /= one.trials;
    values.push_back(std::move(one));
  }
  return values;
}

std::vector<PointValue> points_to_confirm(const std::vector<Trial>& trials,
                                          const SweepFile& sweep) {
  std::vector<PointValue> values = point_values(trials, "");
  const bool maximize = sweep.maximize();
  std::ranges::stable_sort(values, [&](const PointValue& a, const PointValue& b) {
    if (std::isnan(a.value) || std::isnan(b.value))
      return !std::isnan(a.value) && std::isnan(b.value);
    return maximize ? a.value > b.value : a.value < b.value;
  });
  values.resize(std::min(values.size(), static_cast<std::size_t>(sweep.confirm.top)));
  return values;
}

Trial new_trial(const Checked& answer, const Settings& settings) {
  Trial trial;
  trial.id = answer.id;
  trial.words = words_of(settings);
  trial.epochs = answer.epochs;
  trial.begin = answer.begin;
  return trial;
}

Roster::Roster(const SweepFile& sweep, std::int64_t seed, Ask ask, std::vector<Trial> trials,
               Ask ask_merged)
    : sweep_(sweep),
      seed_(seed),
      ask_(std::move(ask)),
      ask_merged_(std::move(ask_merged)),
      trials_(std::move(trials)),
      searcher_(make_searcher(sweep)) {
  const std::size_t dimensions = sweep.parameters.axes.size();
  for (Trial& trial : trials_) {
    ids_.insert(trial.id);
    if (trial.is_merged_run()) continue;
    // A key that had one value was no dimension, and has become one with its second.
    if (trial.at.size() != dimensions) {
      if (auto at = sweep.parameters.coordinates(trial.words)) trial.at = *std::move(at);
    }
    points_.emplace(point_key(trial.stage, trial.words), trial.point);
    next_point_ = std::max(next_point_, trial.point + 1);
  }
}

Trial& Roster::trial(std::int64_t number) {
  const auto found =
      std::lower_bound(trials_.begin(), trials_.end(), number,
                       [](const Trial& one, std::int64_t wanted) { return one.number < wanted; });
  if (found == trials_.end() || found->number != number) {
    throw Error(absl::StrFormat("There is no trial of number %d.", number));
  }
  return *found;
}

std::int64_t Roster::point_of(const Trial& trial) {
  const auto [found, is_new] = points_.emplace(point_key(trial.stage, trial.words), next_point_);
  if (is_new) ++next_point_;
  return found->second;
}

Roster::Points Roster::first_stage_points() const {
  Points points;
  for (const auto& [key, number] : points_) {
    if (!key.empty() && key[0] != '\n') continue;  // of another stage
    ++points.count;
    points.next = std::max(points.next, number + 1);
  }
  return points;
}

std::vector<Seen> Roster::history() const {
  std::vector<Seen> seen;
  const double sign = sweep_.maximize() ? -1 : 1;
  for (const Trial& trial : trials_) {
    if (!trial.stage.empty() || trial.replicate != 0) continue;
    const double value = trial.value.value_or(std::numeric_limits<double>::quiet_NaN());
    seen.push_back({trial.point, trial.at, seen_state(trial.state), sign * value, trial.done});
  }
  return seen;
}

// A method that chooses by chance chooses others once there are more values: the points there are
// stay, and count.
std::vector<Trial> Roster::list_all() {
  std::vector<Coordinates> points;
  std::set<std::vector<std::string>> there, proposed;
  const auto words_at = [&](const Coordinates& at) {
    return words_of(sweep_.parameters.settings(at));
  };
  for (const Trial& trial : trials_) {
    if (!trial.stage.empty() || trial.at.size() != sweep_.parameters.axes.size()) continue;
    if (there.insert(words_at(trial.at)).second) points.push_back(trial.at);
  }
  const auto cap = static_cast<std::size_t>(
      sweep_.run_cap > 0 ? sweep_.run_cap : std::numeric_limits<std::int64_t>::max());
  std::int64_t attempt = 0;
  while (proposed.size() < cap && points.size() < cap) {
    auto point = searcher_->propose(static_cast<std::int64_t>(proposed.size()), attempt, {});
    if (!point) break;
    const std::vector<std::string> words = words_at(*point);
    if (proposed.insert(words).second) {
      if (there.count(words) == 0) points.push_back(std::move(*point));
      attempt = 0;
    } else if (++attempt > most_attempts) {
      break;  // the space is used up, as far as chance can show
    }
  }
  return enlist(points, {}, "", seed_, sweep_.seeds);
}

std::vector<Trial> Roster::next() {
  const Points points = first_stage_points();
  if (sweep_.run_cap > 0 && points.count >= sweep_.run_cap) return {};
  const std::vector<Seen> seen = history();
  for (std::int64_t attempt = 0; attempt < most_attempts; ++attempt) {
    const auto point = searcher_->propose(points.next, attempt, seen);
    if (!point) return {};
    std::vector<Trial> trials = enlist({*point}, {}, "", seed_, sweep_.seeds);
    if (!trials.empty()) return trials;
  }
  return {};
}

std::vector<Trial> Roster::confirm() {
  std::vector<Coordinates> best;
  for (const PointValue& one : points_to_confirm(trials_, sweep_)) best.push_back(one.at);
  // Seeds that had no say in choosing these points: theirs were lucky ones, perhaps.
  return enlist(best, sweep_.confirm.set, "confirm", seed_ + sweep_.seeds, sweep_.confirm.seeds);
}

std::vector<Trial> Roster::enlist(const std::vector<Coordinates>& points, const Settings& over,
                                  const std::string& stage, std::int64_t first_seed,
                                  std::int64_t seeds) {
  // From before there were several seeds: such a trial has the first of them without a word for it.
  std::set<std::string> seedless;
  for (const Trial& trial : trials_) {
    const bool seeded = std::ranges::any_of(trial.words, is_seed);
    if (!seeded && !trial.is_merged_run()) seedless.insert(point_key(trial.stage, trial.words));
  }
  std::vector<Settings> variants;
  for (const Coordinates& at : points) {
    for (std::int64_t replicate = 0; replicate < seeds; ++replicate) {
      Settings settings = set_over(sweep_.parameters.settings(at), over);
      const std::int64_t seed = first_seed + replicate;
      const bool there = seed == seed_ && seedless.count(point_key(stage, words_of(settings))) > 0;
      if (!there && (seeds > 1 || seed != seed_)) settings.push_back({"run.seed", Value(seed)});
      variants.push_back(std::move(settings));
    }
  }
  const std::vector<Checked> answers = variants.empty() ? std::vector<Checked>() : ask_(variants);
  refuse_problems(answers);

  Added added;
  for (std::size_t i = 0; i < variants.size(); ++i) {
    Trial trial = new_trial(answers[i], variants[i]);
    trial.number = trials_.empty() ? 0 : trials_.back().number + 1;
    trial.replicate = static_cast<std::int64_t>(i) % seeds;
    trial.stage = stage;
    trial.at = points[i / static_cast<std::size_t>(seeds)];
    // That very run is there. It must leave no trace: a later controller does not hear of it.
    if (!ids_.insert(trial.id).second) continue;
    trial.point = point_of(trial);
    trials_.push_back(trial);
    added.trials.push_back(std::move(trial));
    added.settings.push_back(variants[i]);
    added.answers.push_back(answers[i]);
  }
  // One run of several trials cannot be stopped for some of them.
  if (ask_merged_ && (sweep_.stop.type == StopRule::none || !stage.empty())) merge(added);
  return std::move(added.trials);
}

}  // namespace r50::sweep
