#include "sweep/judge/sentence.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>

#include <absl/strings/str_format.h>

#include "report/format.h"

namespace r50::sweep::judge {
namespace {

std::string seeds_text(std::int64_t count) {
  return absl::StrFormat("%d %s", count, count == 1 ? "seed" : "seeds");
}

std::string p_in_sentence(double p) { return (p < 0.001 ? "p " : "p = ") + p_text(p); }

std::string how_many_more(const std::optional<std::int64_t>& more) {
  if (!more) return absl::StrFormat("more than %d more would be needed", most_more_seeds);
  return absl::StrFormat("%d more would do", *more);
}

std::string judged_text(const Comparison& one, const std::optional<std::int64_t>& more,
                        std::size_t points) {
  if (one.outcome == Comparison::Outcome::separable) {
    return absl::StrFormat("separable with %s (%s)", seeds_text(one.seeds),
                           p_in_sentence(one.corrected_p));
  }
  // An interval without 0 that still does not count asks for a word.
  const bool by_correction = one.difference > one.half_width;
  return absl::StrFormat("not separable with %s%s; %s", seeds_text(one.seeds),
                         by_correction ? absl::StrFormat(" among %d points", points) : "",
                         how_many_more(more));
}

std::string no_winner(const Verdict& verdict, const Names& names) {
  std::size_t judged = 0;
  std::vector<std::size_t> level;
  for (const Comparison& one : verdict.against) {
    if (!one.judged()) continue;
    ++judged;
    if (one.outcome == Comparison::Outcome::not_separable) level.push_back(one.other);
  }
  const std::string best = names.point(*verdict.best);
  const bool no_noise =
      std::any_of(verdict.against.begin(), verdict.against.end(),
                  [](const Comparison& one) { return one.reason == Comparison::Reason::no_noise; });
  if (no_noise) {
    return "Not judged: the points differ by the same on every seed, as if the seed changed "
           "nothing.";
  }
  if (judged == 0) return "Not judged: there is nothing that " + best + " could be compared with.";
  if (level.empty()) {
    return "No winner yet: " + best + " leads, but a point that is no worse has too few seeds.";
  }
  const std::string others = level.size() == 1
                                 ? names.pair(*verdict.best, level.front()).second + " is"
                                 : absl::StrFormat("%d other points are", level.size());
  return absl::StrFormat("No winner: %s leads, but %s not separable from it.", best, others);
}

}  // namespace

std::string unit_of_difference(const std::string& metric) {
  const bool percent =
      metric.find("top1") != std::string::npos || metric.find("top5") != std::string::npos;
  return percent ? "pp" : "";
}

WhyNotJudged why_not_judged(const Comparison& one) {
  switch (one.reason) {
    case Comparison::Reason::unfinished:
      return {"no trial of the second has finished", "unfinished"};
    case Comparison::Reason::diverged:
      return {"a seed of the second diverged", "diverged"};
    case Comparison::Reason::few_common_seeds:
      if (one.seeds == 1) return {"only 1 seed in common", "1 common seed"};
      return {"no seed in common", "no common seed"};
    case Comparison::Reason::no_noise:
      return {"all seeds give the same difference, which leaves no noise to judge it by",
              "no noise"};
    case Comparison::Reason::none:
      break;
  }
  return {"nothing to compare with", ""};
}

std::string p_text(double p) {
  return p < 0.001 ? "< 0.001" : report::fixed(p, p < 0.0995 ? 3 : 2);
}

std::string with_uncertainty(double value, double half_width) {
  if (!std::isfinite(value) || !std::isfinite(half_width) || half_width <= 0) {
    return report::brief(value) + " ± " + report::brief(half_width);
  }
  const double magnitude = std::floor(std::log10(half_width));
  const double first = half_width / std::pow(10, magnitude);
  const double wanted = (first < 1.95 ? 1 : 0) - magnitude;
  const int digits = static_cast<int>(std::clamp(wanted, 0.0, 12.0));
  return report::fixed(value, digits) + " ± " + report::fixed(half_width, digits);
}

std::vector<std::string> sentences(const Verdict& verdict, const Names& names,
                                   const std::string& metric) {
  const std::string unit = unit_of_difference(metric);
  const std::vector<std::optional<std::int64_t>> missing = seeds_missing(verdict);
  const auto points =
      1 + static_cast<std::size_t>(std::count_if(verdict.against.begin(), verdict.against.end(),
                                                 std::mem_fn(&Comparison::judged)));
  std::vector<std::string> all;
  for (std::size_t i = 0; i < verdict.against.size(); ++i) {
    const Comparison& one = verdict.against[i];
    const auto [best, other] = names.pair(*verdict.best, one.other);
    if (!one.judged()) {
      all.push_back(
          absl::StrFormat("%s and %s: not judged, %s", best, other, why_not_judged(one).sentence));
      continue;
    }
    std::string by = with_uncertainty(one.difference, one.half_width);
    if (!unit.empty()) by += " " + unit;
    all.push_back(absl::StrFormat("%s over %s by %s: %s", best, other, by,
                                  judged_text(one, missing[i], points)));
  }
  return all;
}

std::string headline(const Verdict& verdict, const Names& names) {
  if (!verdict.best) {
    return "Not judged: no point has finished with 2 seeds or more, so noise cannot be "
           "distinguished from effect. Give the sweep `seeds = 3`.";
  }
  if (!verdict.wins) return no_winner(verdict, names);
  const auto judged = std::count_if(
      verdict.against.begin(), verdict.against.end(),
      [](const Comparison& one) { return one.outcome == Comparison::Outcome::separable; });
  const std::string others =
      judged == 1 ? "the other point" : absl::StrFormat("all %d other points", judged);
  return absl::StrFormat("%s wins: it is separable from %s judged.", names.point(*verdict.best),
                         others);
}

}  // namespace r50::sweep::judge
