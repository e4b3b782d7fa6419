#include "sweep/judge/effects.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include <absl/strings/str_format.h>

#include "report/format.h"
#include "sweep/judge/sentence.h"
#include "sweep/judge/statistics.h"
#include "sweep/judge/varied_parameters.h"

namespace r50::sweep::judge {
namespace {

constexpr std::size_t least_points = 8;
constexpr std::size_t most_levels = 12;
constexpr std::size_t most_ranges = 4;
constexpr double false_claims = 0.05;

// A parameter's levels, and at which of them each row is.
struct Factor {
  Parameter parameter;
  std::vector<std::size_t> first, last;  // of the parameter's values, a pair a level
  std::vector<std::size_t> level_of;
  std::vector<double> counts;
  std::vector<double> fit;  // what each level adds, what the others add taken off
};

// One level a value where these are few and have two points each on average; otherwise ranges of
// numbers with about equally many points each. None for words of which most are used once.
Factor factor_of(const Parameter& parameter, const std::vector<Group>& rows, std::size_t ranges) {
  Factor factor{parameter, {}, {}, {}, {}, {}};
  const std::size_t values = parameter.values.size();
  std::vector<std::size_t> points(values), value_of, level_of_value(values);
  for (const Group& row : rows) {
    value_of.push_back(level(parameter, row.point).value_or(0));
    ++points[value_of.back()];
  }
  const bool words = parameter.numbers.empty();
  const bool repeat = values <= rows.size() / 2;
  if (words && !repeat) return factor;
  const bool each = repeat && (words || values <= most_levels);
  std::size_t before = 0, range = ranges;
  for (std::size_t i = 0; i < values; ++i) {
    const std::size_t next = before * ranges / rows.size();
    if (each || next != range) {
      factor.first.push_back(i);
      factor.last.push_back(i);
    }
    range = next;
    factor.last.back() = i;
    level_of_value[i] = factor.first.size() - 1;
    before += points[i];
  }
  factor.counts.resize(factor.first.size());
  factor.fit.resize(factor.first.size());
  for (const std::size_t value : value_of) {
    factor.level_of.push_back(level_of_value[value]);
    ++factor.counts[level_of_value[value]];
  }
  return factor;
}

// Fits the sum of all factors to `left` and returns what they do not explain. In a grid this gives
// the levels' means. Of points by chance, a level's mean also has what its other settings happen to
// be, which this takes off. All factors take their steps at once and from 0, so that two which
// always go together share what they explain.
std::vector<double> fit_all(std::vector<Factor>& factors, std::vector<double> left) {
  constexpr int steps = 100;
  for (int step = 0; step < steps; ++step) {
    const std::vector<double> before = left;
    for (Factor& factor : factors) {
      std::vector<double> sums(factor.fit.size());
      for (std::size_t i = 0; i < left.size(); ++i) sums[factor.level_of[i]] += before[i];
      for (std::size_t j = 0; j < sums.size(); ++j) {
        sums[j] /= factor.counts[j] * static_cast<double>(factors.size());
        factor.fit[j] += sums[j];
      }
      for (std::size_t i = 0; i < left.size(); ++i) left[i] -= sums[factor.level_of[i]];
    }
  }
  return left;
}

struct Judged {
  Effect effect;
  double estimate = 0;  // of the share; below 0 where chance would explain more
  double p = 1;
};

double squares(const std::vector<double>& values) {
  return variance(values) * static_cast<double>(values.size() - 1);
}

Effect described(const Factor& factor, const std::vector<double>& values) {
  Effect effect;
  effect.name = factor.parameter.name;
  effect.points = static_cast<std::int64_t>(values.size());
  for (std::size_t j = 0; j < factor.first.size(); ++j) {
    std::vector<double> here;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (factor.level_of[i] == j) here.push_back(values[i]);
    }
    std::string label = factor.parameter.values[factor.first[j]];
    if (factor.last[j] > factor.first[j]) {
      label += " to " + factor.parameter.values[factor.last[j]];
    }
    effect.levels.push_back({std::move(label), mean(here), std::nullopt});
    if (here.size() > 1) effect.levels.back().deviation = std::sqrt(variance(here));
  }
  return effect;
}

// Of the parameters that all of these rows have. The share is omega squared: the explained part of
// the sum of squares alone would grow with the number of levels.
std::vector<Judged> judged(const std::vector<Group>& rows) {
  std::vector<Parameter> parameters = varied_parameters(rows);
  std::erase_if(parameters, [](const Parameter& one) { return !one.everywhere; });
  if (rows.size() < least_points || parameters.empty()) return {};
  std::vector<double> values;
  for (const Group& row : rows) values.push_back(row.mean);
  std::vector<Factor> factors;
  const std::size_t ranges =
      std::clamp<std::size_t>(1 + rows.size() / (2 * parameters.size()), 2, most_ranges);
  double freedom = static_cast<double>(rows.size()) - 1;
  for (const Parameter& parameter : parameters) {
    Factor factor = factor_of(parameter, rows, ranges);
    if (factor.first.size() < 2) continue;
    freedom -= static_cast<double>(factor.first.size()) - 1;
    factors.push_back(std::move(factor));
  }
  std::vector<double> centred;
  const double centre = mean(values);
  for (const double value : values) centred.push_back(value - centre);
  freedom = std::max(freedom, 1.0);
  const double noise = squares(fit_all(factors, std::move(centred))) / freedom;
  const double all = squares(values);
  std::vector<Judged> result;
  for (const Factor& factor : factors) {
    Judged one{described(factor, values), 0, 1};
    double explained = 0;
    for (std::size_t j = 0; j < factor.fit.size(); ++j) {
      explained += factor.counts[j] * factor.fit[j] * factor.fit[j];
    }
    const auto own = static_cast<double>(factor.fit.size()) - 1;
    if (all > 0 && std::isfinite(all)) {
      one.estimate = (explained - own * noise) / (all + noise);
      one.p = noise > 0 ? f_test_p(explained / own / noise, own, freedom) : 0;
    }
    one.effect.share = std::clamp(one.estimate, 0.0, 1.0);
    result.push_back(std::move(one));
  }
  return result;
}

}  // namespace

Effects effects(const std::vector<Group>& groups) {
  std::vector<Group> rows;
  for (const Group& group : groups) {
    if (std::isfinite(group.mean)) rows.push_back(group);
  }
  Effects result;
  std::vector<Judged> all = judged(rows);
  // A conditional parameter, among the points that have it.
  for (const Parameter& parameter : varied_parameters(rows)) {
    if (parameter.everywhere) continue;
    std::vector<Group> having;
    for (const Group& row : rows) {
      if (find_setting(row.point, parameter.name) != nullptr) having.push_back(row);
    }
    for (Judged& one : judged(having)) {
      if (one.effect.name != parameter.name) continue;
      one.effect.conditional = true;
      all.push_back(std::move(one));
    }
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Judged& a, const Judged& b) { return a.estimate > b.estimate; });
  // Each of the parameters has its chance to look strong (Bonferroni).
  const auto stands_out = [&](const Judged& one) {
    return one.p * static_cast<double>(all.size()) <= false_claims;
  };
  if (rows.size() < least_points) {
    result.remark =
        absl::StrFormat("too few trials: effects are estimated from %d finished points on; %d %s",
                        least_points, rows.size(), rows.size() == 1 ? "is there" : "are there");
  } else if (all.empty()) {
    result.remark = "no parameter has enough points for each of its values";
    if (varied_parameters(rows).empty()) result.remark = "no parameter was varied";
  } else if (std::none_of(all.begin(), all.end(), stands_out)) {
    result.remark =
        "no parameter alone stands out of the spread of the points (F test, 5 %): take these "
        "shares for noise";
  }
  for (Judged& one : all) result.parameters.push_back(std::move(one.effect));
  return result;
}

std::string levels_text(const Effect& effect) {
  std::string text;
  for (std::size_t i = 0; i < effect.levels.size(); ++i) {
    const Effect::Level& one = effect.levels[i];
    if (i == most_levels) {
      return absl::StrFormat("%s and %d more", text, effect.levels.size() - most_levels);
    }
    text += absl::StrFormat(
        "%s%s: %s", text.empty() ? "" : ", ", one.label,
        one.deviation ? with_uncertainty(one.mean, *one.deviation) : report::brief(one.mean));
  }
  return text;
}

}  // namespace r50::sweep::judge
