#include "sweep/roster/roster.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "sweep/search/points.h"

namespace r50::sweep {
namespace {

constexpr double seldom = 0.001;

std::vector<double> ends_of(const Dimension& range) {
  const bool normal = range.shape == Dimension::Shape::normal;
  std::vector<double> ends = {value_at(range, normal ? seldom : 0),
                              value_at(range, normal ? 1 - seldom : 1)};
  if (ends.front() == ends.back()) ends.pop_back();
  return ends;
}

// The space of a dimension's ends' numbers in place of its values. Conditions are on choices, all
// of which stay, under the numbers that they have.
class EndSpace {
 public:
  explicit EndSpace(const Space& space) : space_(space) {
    for (const Dimension& dimension : space) {
      const bool choice = dimension.kind == Dimension::Kind::choice;
      ends_.push_back(choice ? std::vector<double>{} : ends_of(dimension));
      Dimension numbers;
      numbers.choices = choice ? dimension.choices : ends_.back().size();
      if (choice) numbers.weights = dimension.weights;
      numbers.condition = dimension.condition;
      numbers_.push_back(std::move(numbers));
    }
  }

  const Space& numbers() const { return numbers_; }

  Coordinates values(Coordinates at) const {
    for (std::size_t i = 0; i < at.size(); ++i) {
      if (std::isnan(at[i]) || ends_[i].empty()) continue;
      at[i] = ends_[i][static_cast<std::size_t>(at[i])];
    }
    return at;
  }

  // Some corner where this dimension has this number, all else by chance.
  Coordinates with(std::size_t dimension, double number, std::int64_t draw) const {
    std::vector<double> wanted(space_.size(), std::numeric_limits<double>::quiet_NaN());
    wanted[dimension] = number;
    for (std::size_t i = dimension; space_[i].condition;) {  // conditions are on earlier ones
      const Condition& condition = *space_[i].condition;
      i = condition.dimension;
      wanted[i] = static_cast<double>(condition.choices.front());
    }
    Random random = search_draw(0, DrawFor::point, draw, 0);
    Coordinates at(space_.size(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < at.size(); ++i) {
      const double chance = value_at(numbers_[i], random.uniform());
      if (is_active(numbers_, i, at)) at[i] = std::isnan(wanted[i]) ? chance : wanted[i];
    }
    return at;
  }

 private:
  const Space& space_;
  Space numbers_;
  std::vector<std::vector<double>> ends_;
};

// Their order is the order of being added; none is in there twice.
class CornerList {
 public:
  void add(const Coordinates& at) {
    if (known_.insert(comparable(at)).second) list_.push_back(at);
  }
  const std::vector<Coordinates>& list() const { return list_; }

 private:
  std::set<Coordinates> known_;
  std::vector<Coordinates> list_;
};

// The first end of every parameter comes before the second of any: if even these are too many, each
// parameter has had its turn as often.
std::vector<Coordinates> some_corners(const EndSpace& ends, std::size_t most) {
  CornerList corners;
  const Space& space = ends.numbers();
  std::size_t turns = 0;
  for (const Dimension& one : space) turns = std::max(turns, one.choices);
  for (std::size_t turn = 0; turn < turns; ++turn) {
    for (std::size_t i = 0; i < space.size() && corners.list().size() < most; ++i) {
      if (static_cast<std::int64_t>(turn) >= count_values(space[i])) continue;
      corners.add(ends.with(i, nth_value(space[i], static_cast<std::int64_t>(turn)),
                            static_cast<std::int64_t>(turn * space.size() + i)));
    }
  }
  constexpr std::int64_t patience = 1000;
  for (std::int64_t draw = 0; draw < patience && corners.list().size() < most; ++draw) {
    corners.add(random_point(space, 1, draw, 0));
  }
  return corners.list();
}

}  // namespace

Corners corners_of(const Space& space, std::size_t most) {
  const EndSpace ends(space);
  const std::int64_t all = count_points(ends.numbers()).value_or(0);
  Corners corners;
  corners.all = static_cast<double>(all);
  if (all <= static_cast<std::int64_t>(most)) {
    for (std::int64_t n = 0; n < all; ++n) corners.points.push_back(nth_point(ends.numbers(), n));
  } else {
    corners.points = some_corners(ends, most);
  }
  for (Coordinates& at : corners.points) at = ends.values(std::move(at));
  return corners;
}

std::vector<Trial> check_corners(const SweepFile& sweep, const Ask& ask) {
  const Corners corners = corners_of(sweep.parameters.space());
  std::vector<Settings> variants;
  for (const Coordinates& at : corners.points) variants.push_back(sweep.parameters.settings(at));
  const std::vector<Checked> answers = ask(variants);
  refuse_problems(answers);
  std::vector<Trial> trials;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    trials.push_back(new_trial(answers[i], variants[i]));
    trials.back().number = trials.back().point = static_cast<std::int64_t>(i);
    trials.back().at = corners.points[i];
  }
  return trials;
}

std::vector<Trial> check_confirm(const SweepFile& sweep, const std::vector<Trial>& trials,
                                 const Ask& ask, bool merged) {
  std::vector<Settings> variants;
  std::set<std::int64_t> points;
  for (const Trial& trial : trials) {
    if (static_cast<std::int64_t>(points.size()) >= sweep.confirm.top) break;
    if (!trial.stage.empty() || !points.insert(trial.point).second) continue;
    variants.push_back(set_over(sweep.parameters.settings(trial.at), sweep.confirm.set));
  }
  std::vector<Trial> stand_ins;
  if (variants.empty()) return stand_ins;
  const std::vector<Checked> answers = ask(variants);
  refuse_problems(answers);
  std::set<std::string> runs;
  for (std::size_t i = 0; i < static_cast<std::size_t>(sweep.confirm.top); ++i) {
    const std::size_t one = i % answers.size();  // of a search only some points are known yet
    const std::string run = merged ? outside_averages(answers[one].resolved) : "";
    if (i < answers.size() && !run.empty() && !runs.insert(run).second) continue;
    for (std::int64_t seed = 0; seed < sweep.confirm.seeds; ++seed) {
      Trial trial = new_trial(answers[one], variants[one]);
      trial.number = trial.point = std::ssize(stand_ins);
      trial.stage = "confirm";
      stand_ins.push_back(std::move(trial));
    }
  }
  return stand_ins;
}

}  // namespace r50::sweep
