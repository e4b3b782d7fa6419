#include "sweep/show/finders.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include <absl/strings/str_format.h>

#include "r50/error.h"
#include "report/lr_chart.h"
#include "report/text_table.h"
#include "sweep/judge/groups.h"
#include "sweep/judge/names.h"
#include "sweep/show/finder_words.h"
#include "sweep/show/judged.h"

namespace r50::sweep {
namespace {

using Json = nlohmann::json;

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

std::map<std::int64_t, std::string> names_of_points(const std::vector<Trial>& trials,
                                                    const SweepFile& sweep) {
  const judge::Observations table = judge_table(trials, sweep, "");
  const std::vector<judge::Group> groups = judge::groups(table);
  const judge::Names names(groups);
  std::map<std::int64_t, std::string> found;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const judge::Group& group) {
      return group.point == table.trials[i].point;
    });
    if (same == groups.end()) continue;
    found[trials[i].number] = names.point(static_cast<std::size_t>(same - groups.begin()));
  }
  return found;
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
  const std::map<std::int64_t, std::string> names = names_of_points(trials, sweep);
  std::vector<Finder> finders;
  for (const Trial& trial : trials) {
    if (trial.state != TrialState::finished) continue;
    const std::string folder = sweep_folder + "/" + trial.id;
    Finder finder;
    finder.trial = trial;
    const auto name = names.find(trial.number);
    finder.name = name == names.end() ? trial.sets() : name->second;
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
