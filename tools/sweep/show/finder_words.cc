#include "sweep/show/finder_words.h"

#include <algorithm>

#include <absl/strings/str_format.h>

#include "report/format.h"
#include "sweep/roster/counts.h"
#include "sweep/show/standing.h"

namespace r50::sweep {
namespace {

std::string factor_text(double factor) { return report::fixed(factor, factor < 9.95 ? 1 : 0); }

// "From point to point the rates differ by a factor of 3.2 at most, ..."
std::string factors(const std::vector<Finder>& finders) {
  std::optional<double> low, high;
  double seeds = 0;
  std::size_t points = 0;
  for (const Finder& one : finders) {
    if (one.low && *one.low > 0) seeds = std::max(seeds, *one.high / *one.low);
    if (!one.suggested) continue;
    ++points;
    low = std::min(low.value_or(*one.suggested), *one.suggested);
    high = std::max(high.value_or(*one.suggested), *one.suggested);
  }
  const bool several = std::any_of(finders.begin(), finders.end(),
                                   [](const Finder& one) { return one.curves.size() > 1; });
  if (points < 2 || !several || !(*low > 0) || !(seeds > 0)) return "";
  return absl::StrFormat(
      "From point to point the suggested rates differ by a factor of %s at most, from seed to seed "
      "of one point by %s at most.",
      factor_text(*high / *low), factor_text(seeds));
}

std::string held_back_text(const std::vector<Finder>& finders) {
  const auto held = std::count_if(finders.begin(), finders.end(), held_back);
  std::string text = "No rate is above half of that at which a seed diverged";
  if (held == 0) return text + ".";
  return absl::StrFormat("%s, which holds back %d of %d.", text, held, finders.size());
}

}  // namespace

std::string rules_text(const std::vector<Finder>& finders) {
  std::vector<std::string> rules;
  std::string text;
  for (const Finder& one : finders) {
    if (std::find(rules.begin(), rules.end(), one.rule) != rules.end()) continue;
    rules.push_back(one.rule);
    text += (text.empty() ? "" : ", ") + one.rule;
  }
  return text;
}

std::string suggestion_text(const Finder& finder) {
  return finder.suggested ? report::brief(*finder.suggested) : "none";
}

std::string band_text(const Finder& finder) {
  if (!finder.low) return "";
  if (*finder.low == *finder.high) return report::brief(*finder.low);
  return report::brief(*finder.low) + " to " + report::brief(*finder.high);
}

std::string divergence_text(const Finder& finder) {
  return finder.divergence ? report::brief(*finder.divergence) : "never";
}

bool held_back(const Finder& finder) {
  // Three digits of a rate are kept: a hundredth is no holding back.
  return finder.suggested && finder.wished && *finder.suggested < 0.989 * *finder.wished;
}

std::string finder_headline(const std::vector<Finder>& finders, const std::vector<Trial>& trials) {
  const Counts counts = count(trials);
  const std::string failed =
      counts.failed > 0 ? absl::StrFormat(", %d failed. ", counts.failed) : ". ";
  if (finders.empty()) return "No finder has finished yet" + failed.substr(0, failed.size() - 1);
  std::string text = absl::StrFormat("%d of %d %s finished%s", counts.finished, counts.all(),
                                     counts.all() == 1 ? "finder has" : "finders have", failed);
  const Finder *least = nullptr, *most = nullptr;
  for (const Finder& one : finders) {
    if (!one.suggested) continue;
    if (!least || *one.suggested < *least->suggested) least = &one;
    if (!most || *one.suggested > *most->suggested) most = &one;
  }
  if (!least) return text + "None suggests a rate.";
  const bool several = rules_text(finders).find(',') != std::string::npos;
  text += (several ? "By the rules " : "By the rule ") + rules_text(finders);
  if (finders.size() == 1) return text + " it suggests " + suggestion_text(*least) + ".";
  if (*least->suggested == *most->suggested) {
    return text + " they all suggest " + suggestion_text(*least) + ".";
  }
  return text + " they suggest " + suggestion_text(*least) + " (" + least->name + ") to " +
         suggestion_text(*most) + " (" + most->name + ").";
}

std::vector<std::string> finder_reservations(const std::vector<Finder>& finders,
                                             const std::vector<Trial>& trials) {
  std::vector<std::string> all;
  const std::string by_factors = factors(finders);
  if (!by_factors.empty()) all.push_back(by_factors);
  if (!finders.empty()) {
    all.push_back(held_back_text(finders));
    if (finders.size() > 1) {
      all.push_back(
          "None is the best: a rate is suggested for a point, and which point to take is "
          "another question.");
    }
  }
  const std::string open = unended_text(trials);
  if (!open.empty()) all.push_back(open);
  return all;
}

}  // namespace r50::sweep
