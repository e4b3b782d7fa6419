#pragma once

// What a sweep of the learning rate came to, and the files that keep it.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/experiment.h"
#include "r50/progress.h"
#include "report/lr_rules.h"

namespace r50::probe {

// The sweep of one seed.
struct LrSweep {
  std::int64_t seed = 0;
  std::vector<double> losses;  // as they came
  report::LrCurve curve;       // smoothed
  bool diverged = false;
};

// How all seeds are swept.
struct LrPlan {
  config::FindLrTable table;
  std::int64_t iterations = 0;
  std::int64_t first_seed = 0;

  double rate(std::int64_t iteration) const;
};

struct LrResult {
  struct Of {  // one rule
    std::vector<std::optional<double>> seeds;
    std::optional<double> median;
  };
  std::string name, id;
  report::LrRule rule = report::LrRule::valley;
  std::int64_t batch = 0, image_size = 0, iterations = 0;
  std::vector<std::int64_t> seeds;
  std::array<Of, report::lr_rules.size()> rules;
  std::vector<std::optional<double>> divergences;  // of each seed
  std::optional<double> divergence;                // the smallest of them
  std::optional<double> suggested;

  const Of& of(report::LrRule one) const { return rules[static_cast<std::size_t>(one)]; }
};

LrResult judge(const std::vector<LrSweep>& sweeps, const LrPlan& plan);

// lr_suggestion.json. config/lr_suggestion.cc reads what a run needs of it.
std::string to_json(const LrResult& result, const LrPlan& plan);
LrResult lr_result_from_json(const std::string& json);  // throws Error if it is none

// lr_find.csv: every point of the sweeps that are done.
std::string to_csv(const std::vector<LrSweep>& sweeps);
// The sweeps in it that are complete and of this plan; nothing if the file does not fit at all.
std::optional<std::vector<LrSweep>> sweeps_from_csv(const std::string& csv, const LrPlan& plan);

}  // namespace r50::probe
