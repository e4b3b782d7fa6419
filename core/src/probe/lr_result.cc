#include "probe/lr_result.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <sstream>

#include "r50/error.h"
#include "report/format.h"

namespace r50::probe {
namespace {

using Json = nlohmann::ordered_json;
using report::LrRule;

static_assert(static_cast<int>(config::SuggestionRule::valley) == static_cast<int>(LrRule::valley));
static_assert(static_cast<int>(config::SuggestionRule::steep) == static_cast<int>(LrRule::steep));
static_assert(static_cast<int>(config::SuggestionRule::minimum) ==
              static_cast<int>(LrRule::minimum));
static_assert(static_cast<int>(config::SuggestionRule::slide) == static_cast<int>(LrRule::slide));

constexpr const char* csv_header = "seed,iteration,lr,loss,smoothed";

Json json_of(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json json_of(const std::vector<std::optional<double>>& values) {
  Json list = Json::array();
  for (const auto& value : values) list.push_back(json_of(value));
  return list;
}

std::optional<double> number_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return json.get<double>();
}

std::vector<std::optional<double>> numbers_of(const Json& json) {
  std::vector<std::optional<double>> values;
  for (const Json& item : json) values.push_back(number_of(item));
  return values;
}

struct CsvRow {
  long long seed = 0, iteration = 0;
  double rate = 0, loss = 0, smoothed = 0;
};

std::optional<CsvRow> parse_row(const std::string& line) {
  CsvRow row;
  int end = 0;
  const int found = std::sscanf(line.c_str(), "%lld,%lld,%lf,%lf,%lf%n", &row.seed, &row.iteration,
                                &row.rate, &row.loss, &row.smoothed, &end);
  if (found != 5 || static_cast<std::size_t>(end) != line.size()) return std::nullopt;
  return row;
}

}  // namespace

double LrPlan::rate(std::int64_t iteration) const {
  if (iteration + 1 >= iterations) return table.end;
  const double part = static_cast<double>(iteration) / static_cast<double>(iterations - 1);
  return table.start * std::pow(table.end / table.start, part);
}

LrResult judge(const std::vector<LrSweep>& sweeps, const LrPlan& plan) {
  LrResult result;
  result.rule = static_cast<LrRule>(plan.table.rule);
  result.iterations = plan.iterations;
  for (const LrSweep& sweep : sweeps) {
    result.seeds.push_back(sweep.seed);
    const report::LrCurve part = report::judged_part(sweep.curve, plan.iterations);
    for (const LrRule rule : report::lr_rules) {
      result.rules[static_cast<std::size_t>(rule)].seeds.push_back(report::suggestion(rule, part));
    }
    result.divergences.push_back(report::divergence_rate(sweep.curve, plan.table.stop));
    const auto& own = result.divergences.back();
    if (own) result.divergence = std::min(result.divergence.value_or(*own), *own);
  }
  for (LrResult::Of& of : result.rules) of.median = report::median(of.seeds);
  const auto& wished = result.of(result.rule).median;
  if (wished) result.suggested = report::cautious_rate(*wished, result.divergence);
  return result;
}

std::string to_json(const LrResult& result, const LrPlan& plan) {
  Json suggestions;
  for (const LrRule rule : report::lr_rules) {
    const LrResult::Of& of = result.of(rule);
    suggestions[report::name_of(rule)] = {{"median", json_of(of.median)},
                                          {"seeds", json_of(of.seeds)}};
  }
  const Json json = {
      {"suggested_max_lr", json_of(result.suggested)},
      {"rule", report::name_of(result.rule)},
      {"batch", result.batch},
      {"image_size", result.image_size},
      {"suggestions", suggestions},
      {"divergence",
       {{"smallest", json_of(result.divergence)}, {"seeds", json_of(result.divergences)}}},
      {"seeds", result.seeds},
      {"name", result.name},
      {"id", result.id},
      {"iterations", result.iterations},
      {"start", plan.table.start},
      {"end", plan.table.end},
      {"smoothing", plan.table.smoothing},
      {"stop", plan.table.stop}};
  return json.dump(2) + "\n";
}

LrResult lr_result_from_json(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    LrResult result;
    result.suggested = number_of(json.at("suggested_max_lr"));
    const auto rule = json.at("rule").get<std::string>();
    bool known = false;
    for (const LrRule one : report::lr_rules) {
      const Json& of = json.at("suggestions").at(report::name_of(one));
      result.rules[static_cast<std::size_t>(one)] = {numbers_of(of.at("seeds")),
                                                     number_of(of.at("median"))};
      if (rule != report::name_of(one)) continue;
      result.rule = one;
      known = true;
    }
    if (!known) throw Error("its rule '" + rule + "' is unknown");
    result.batch = json.at("batch").get<std::int64_t>();
    result.image_size = json.at("image_size").get<std::int64_t>();
    result.divergence = number_of(json.at("divergence").at("smallest"));
    result.divergences = numbers_of(json.at("divergence").at("seeds"));
    result.seeds = json.at("seeds").get<std::vector<std::int64_t>>();
    result.name = json.at("name").get<std::string>();
    result.id = json.at("id").get<std::string>();
    result.iterations = json.at("iterations").get<std::int64_t>();
    return result;
  } catch (const std::exception& error) {
    throw Error(std::string("lr_suggestion.json is damaged (") + error.what() +
                "); --fresh repeats the search");
  }
}

std::string to_csv(const std::vector<LrSweep>& sweeps) {
  std::string csv = std::string(csv_header) + "\n";
  for (const LrSweep& sweep : sweeps) {
    for (std::size_t i = 0; i < sweep.losses.size(); ++i) {
      csv += std::to_string(sweep.seed) + "," + std::to_string(i) + "," +
             report::exact(sweep.curve.rates[i]) + "," + report::exact(sweep.losses[i]) + "," +
             report::exact(sweep.curve.losses[i]) + "\n";
    }
  }
  return csv;
}

std::optional<std::vector<LrSweep>> sweeps_from_csv(const std::string& csv, const LrPlan& plan) {
  std::istringstream stream(csv);
  std::string line;
  if (!std::getline(stream, line) || line != csv_header) return std::nullopt;
  std::vector<LrSweep> sweeps;
  while (std::getline(stream, line)) {
    const auto row = parse_row(line);
    if (!row) return std::nullopt;
    if (row->iteration == 0) sweeps.push_back({row->seed, {}, {}, false});
    if (sweeps.empty()) return std::nullopt;
    LrSweep& sweep = sweeps.back();
    const auto expected = static_cast<std::int64_t>(sweep.losses.size());
    // Another processor's pow may differ in the last digit; another data set's epoch in the second.
    const bool same_rate = std::abs(row->rate / plan.rate(expected) - 1) < 1e-9;
    if (row->seed != sweep.seed || row->iteration != expected || !same_rate) return std::nullopt;
    sweep.losses.push_back(row->loss);
    sweep.curve.rates.push_back(row->rate);
    sweep.curve.losses.push_back(row->smoothed);
  }
  for (LrSweep& sweep : sweeps) {
    sweep.diverged = report::divergence_rate(sweep.curve, plan.table.stop).has_value();
    const bool whole = static_cast<std::int64_t>(sweep.losses.size()) == plan.iterations;
    if (!whole && !sweep.diverged) return std::nullopt;
    const std::int64_t place = sweep.seed - plan.first_seed;
    if (place != &sweep - sweeps.data() || place >= plan.table.seeds) return std::nullopt;
  }
  return sweeps;
}

}  // namespace r50::probe
