#include "sweep/show/standing.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>

#include "report/format.h"
#include "sweep/judge/sentence.h"
#include "sweep/roster/counts.h"

namespace r50::sweep {
namespace {

using judge::Comparison;

std::string word_of(const Comparison& one) {
  if (one.outcome == Comparison::Outcome::separable) return "separable";
  if (one.outcome == Comparison::Outcome::not_separable) return "not separable";
  const std::string why = judge::why_not_judged(one).words;
  return why.empty() ? "not judged" : "not judged: " + why;
}

double middle_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

bool has_replicates(const Judged& judged) {
  return std::any_of(judged.groups.begin(), judged.groups.end(),
                     [](const judge::Group& group) { return group.deviation.has_value(); });
}

bool was_judged(const Judged& judged) {
  const auto& against = judged.verdict.against;
  return std::any_of(against.begin(), against.end(), std::mem_fn(&Comparison::judged));
}

int column_digits(const std::vector<double>& values, const std::vector<double>& deviations) {
  double largest = 0;
  for (const double value : values) {
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
  }
  if (largest == 0) return 1;
  // Four digits of the largest; of the noise, where it is known, two.
  double last = std::floor(std::log10(largest)) - 3;
  std::vector<double> noises;
  for (const double noise : deviations) {
    if (std::isfinite(noise) && noise > 0) noises.push_back(noise);
  }
  if (!noises.empty()) last = std::floor(std::log10(middle_of(noises))) - 1;
  return static_cast<int>(std::clamp(-last, 0.0, 9.0));
}

std::string in_column(double value, int digits) {
  const bool odd = std::abs(value) >= 1e7 || (value != 0 && std::abs(value) < 1e-5);
  return odd ? report::brief(value) : report::fixed(value, digits);
}

std::vector<Standing> standings(const Judged& judged, const judge::Names& names,
                                const SweepFile& sweep) {
  std::map<std::size_t, const Comparison*> comparisons;
  for (const Comparison& one : judged.verdict.against) comparisons[one.other] = &one;
  std::vector<double> means, deviations;
  for (const judge::Group& group : judged.groups) {
    means.push_back(group.mean);
    if (group.deviation) deviations.push_back(*group.deviation);
  }
  const int digits = column_digits(means, deviations);
  std::vector<Standing> all;
  for (const std::size_t i : judge::by_mean(judged.groups, better_in(sweep))) {
    const judge::Group& group = judged.groups[i];
    Standing one;
    one.group = i;
    one.name = names.point(i);
    one.mean = in_column(group.mean, digits);
    if (group.diverged > 0) {
      one.mean = "diverged";
    } else {
      if (group.deviation) one.deviation = in_column(*group.deviation, digits);
      if (group.half_width) one.half_width = in_column(*group.half_width, digits);
    }
    one.seeds = std::to_string(group.values.size());
    one.word = "not judged";
    const auto found = comparisons.find(i);
    if (judged.verdict.best == i && was_judged(judged)) {
      one.word = judged.verdict.wins ? "wins" : "leads";
    } else if (found != comparisons.end()) {
      const Comparison& against = *found->second;
      one.word = word_of(against);
      if (against.judged()) {
        one.behind = judge::with_uncertainty(against.difference, against.half_width);
        one.p = judge::p_text(against.corrected_p);
      }
    }
    all.push_back(std::move(one));
  }
  return all;
}

std::vector<std::string> differences(const Judged& judged, const judge::Names& names,
                                     const SweepFile& sweep) {
  std::vector<std::string> all;
  const std::vector<std::string> said = judge::sentences(judged.verdict, names, sweep.metric.name);
  std::map<std::size_t, std::size_t> at;  // by the other's group
  for (std::size_t i = 0; i < judged.verdict.against.size(); ++i) {
    at[judged.verdict.against[i].other] = i;
  }
  for (const std::size_t group : judge::by_mean(judged.groups, better_in(sweep))) {
    const auto found = at.find(group);
    if (found == at.end()) continue;
    all.push_back(said[found->second]);
    at.erase(found);
  }
  for (const auto& [group, i] : at) all.push_back(said[i]);
  return all;
}

std::string unended_text(const std::vector<Trial>& trials) {
  const Counts counts = count(trials);
  const int to_come = counts.waiting + counts.running;
  if (to_come == 0) return "";
  return absl::StrFormat("%d %s not ended yet: all this may change.", to_come,
                         to_come == 1 ? "trial has" : "trials have");
}

std::vector<std::string> reservations(const Judged& judged, const std::vector<Trial>& trials) {
  std::vector<std::string> all;
  if (!judged.stage.empty()) {
    all.push_back(
        "The verdict and the points are of the second stage; what each parameter does, and the "
        "charts of points, are of the first, which tried more of them.");
  }
  const std::string chosen = chosen_early(trials);
  if (!chosen.empty()) all.push_back(chosen);
  const Counts counts = count(trials);
  const int early = counts.stopped + counts.paused;
  if (early > 0) {
    all.push_back(absl::StrFormat(
        "%d %s at a rung. Such trials never enter the judgement: they were chosen by their values, "
        "and never came as far.",
        early,
        early == 1 ? "trial was stopped early or waits" : "trials were stopped early or wait"));
  }
  const std::string open = unended_text(trials);
  if (!open.empty()) all.push_back(open);
  return all;
}

namespace {

// "2 of 9 trials", and "3, 7": which they are; nothing if there are none.
struct Some {
  std::string of_all, numbers;
};

Some of_those(const std::vector<Trial>& trials, const std::function<bool(const Trial&)>& is) {
  std::vector<std::string> numbers;
  for (const Trial& trial : trials) {
    if (!trial.is_merged_run() && is(trial)) numbers.push_back(absl::StrCat(trial.number));
  }
  return {absl::StrFormat("%d of %d trials", numbers.size(), count(trials).all()),
          absl::StrJoin(numbers, ", ")};
}

}  // namespace

std::string mixed_trials(const std::vector<Trial>& trials) {
  std::string text;
  const Some rebuilt = of_those(
      trials, [](const Trial& one) { return !one.builds.empty() && one.builds.back() != 0; });
  if (!rebuilt.numbers.empty()) {
    text += absl::StrFormat(
        "Not of one build: %s were trained, or ended, by another build of r50run or a plugin than "
        "the sweep began with (trial %s; builds.json says what changed). What sets them apart from "
        "the others may be the build.\n",
        rebuilt.of_all, rebuilt.numbers);
  }
  const Some moved = of_those(trials, [](const Trial& one) { return !one.went_on.empty(); });
  if (!moved.numbers.empty()) {
    text += absl::StrFormat(
        "Not of one machine: %s were resumed on a machine of another kind than the one before "
        "(trial %s; went_on in their run.json says what differs). The same trials run again will "
        "not give the same bits.\n",
        moved.of_all, moved.numbers);
  }
  return text;
}

}  // namespace r50::sweep
