#include "sweep/show/finders.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>

#include "r50/error.h"
#include "report/format.h"
#include "report/lr_chart.h"
#include "report/text_table.h"
#include "sweep/judge/groups.h"
#include "sweep/judge/varied_parameters.h"
#include "sweep/roster/counts.h"
#include "sweep/show/judged.h"
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
  if (held == 0) return "No rate is above half of that at which a seed diverged.";
  return absl::StrFormat(
      "No rate is above half of that at which a seed diverged, which holds back %d of %d.", held,
      finders.size());
}

}  // namespace

std::string rules_text(const std::vector<Finder>& finders) {
  std::vector<std::string> rules;
  for (const Finder& one : finders) {
    if (std::find(rules.begin(), rules.end(), one.rule) == rules.end()) rules.push_back(one.rule);
  }
  return absl::StrJoin(rules, ", ");
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

namespace {

using Json = nlohmann::ordered_json;

std::optional<double> rate_in(const Json& json) {
  if (!json.is_number()) return std::nullopt;
  return json.get<double>();
}

void read_suggestion(const std::string& text, Finder& finder) {
  const Json json = Json::parse(text);
  finder.suggested = rate_in(json.at(suggested_rate));
  finder.rule = json.at("rule").get<std::string>();
  finder.batch = json.at("batch").get<std::int64_t>();
  finder.divergence = rate_in(json.at("divergence").at("smallest"));
  finder.wished = rate_in(json.at("suggestions").at(finder.rule).at("median"));
  for (const Json& seed : json.at("suggestions").at(finder.rule).at("seeds")) {
    const auto rate = rate_in(seed);
    if (!rate) continue;
    finder.low = std::min(finder.low.value_or(*rate), *rate);
    finder.high = std::max(finder.high.value_or(*rate), *rate);
  }
}

// lr_find.csv: seed,iteration,lr,loss,smoothed
std::vector<report::LrCurve> read_curves(const std::string& csv) {
  std::map<long long, report::LrCurve> seeds;
  std::istringstream lines(csv);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    long long seed = 0, iteration = 0;
    double rate = 0, loss = 0, smoothed = 0;
    const int found = std::sscanf(line.c_str(), "%lld,%lld,%lf,%lf,%lf", &seed, &iteration, &rate,
                                  &loss, &smoothed);
    if (found != 5) continue;
    seeds[seed].rates.push_back(rate);
    seeds[seed].losses.push_back(smoothed);
  }
  std::vector<report::LrCurve> curves;
  for (auto& [seed, curve] : seeds) curves.push_back(std::move(curve));
  return curves;
}

std::string in_columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], report::columns(row[i]));
    }
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      text += report::padded(row[i], widths[i]) + "  ";
    }
    text += row.back() + "\n";
  }
  return text;
}

}  // namespace

std::vector<Finder> read_finders(base::Files& files, const std::string& sweep_folder,
                                 const std::vector<Trial>& trials, const SweepFile& sweep) {
  const judge::Names names(judge::groups(judge_table(trials, sweep, "")));
  const auto group_of = groups_of_trials(trials, sweep, "");
  std::vector<Finder> finders;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const Trial& trial = trials[i];
    if (trial.state != TrialState::finished) continue;
    const std::string folder = sweep_folder + "/" + trial.id;
    Finder finder;
    finder.trial = trial;
    finder.name = group_of[i] ? names.point(*group_of[i]) : trial.sets();
    try {
      read_suggestion(files.read(folder + "/lr_suggestion.json"), finder);
    } catch (const Json::exception& error) {
      throw Error("'" + folder + "/lr_suggestion.json' is damaged: " + error.what());
    }
    finder.curves = read_curves(files.read(folder + "/lr_find.csv"));
    finders.push_back(std::move(finder));
  }
  return finders;
}

std::string finder_table(const std::vector<Finder>& finders) {
  if (finders.empty()) return "No finder has finished yet.\n";
  std::vector<std::vector<std::string>> rows = {
      {"suggested", "from seed to seed", "diverges", "batch", "point"}};
  for (const Finder& one : finders) {
    rows.push_back({suggestion_text(one), band_text(one), divergence_text(one),
                    std::to_string(one.batch), one.name});
  }
  return in_columns(rows) + "\nby the rule " + rules_text(finders) +
         "; at most half the rate at which a seed diverged\n";
}

std::string finder_chart(const std::vector<Finder>& finders, const std::string& sweep_name) {
  report::LrOverlay overlay;
  overlay.name = sweep_name;
  std::size_t seeds = 0;
  for (const Finder& one : finders) {
    overlay.points.push_back({one.name, one.curves, one.suggested});
    seeds = std::max(seeds, one.curves.size());
  }
  overlay.about =
      absl::StrFormat("%d %s", finders.size(), finders.size() == 1 ? "point" : "points");
  if (seeds > 1) overlay.about += absl::StrFormat(", the median of %d seeds each", seeds);
  return report::lr_overlay_png(overlay);
}

std::string try_finder_chart(base::Files& files, const std::string& sweep_folder,
                             const SweepFile& sweep, const std::vector<Trial>& trials) {
  const std::string path = sweep_folder + "/lr_find.png";
  try {
    const std::vector<Finder> finders = read_finders(files, sweep_folder, trials, sweep);
    if (finders.empty()) return "There is no chart yet.";
    base::write_atomically(files, path, finder_chart(finders, sweep.name));
    return "All curves in one chart: " + path;
  } catch (const std::exception& error) {
    return "There is no chart: " + std::string(error.what());
  }
}

}  // namespace r50::sweep
