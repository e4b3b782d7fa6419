#pragma once

// Made-up sweeps for the report's tests.

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sweep/page/page.h"

namespace r50::sweep {

struct MadeSweep {
  page::Source source;

  explicit MadeSweep(const std::string& metric = "top1") {
    source.sweep.name = "made";
    source.sweep.path = "sweeps/made.toml";
    source.sweep.metric.name = metric;
  }

  Trial& add(std::vector<std::string> words, TrialState state, double value) {
    Trial trial;
    trial.number = static_cast<std::int64_t>(source.trials.size());
    trial.id = "id" + std::to_string(trial.number);
    trial.point = trial.number;
    trial.words = std::move(words);
    trial.state = state;
    trial.epochs = 3;
    trial.done = state == TrialState::finished ? 3 : 1;
    trial.seconds = 60;
    if (state == TrialState::finished || state == TrialState::stopped) trial.value = value;
    source.trials.push_back(std::move(trial));
    return source.trials.back();
  }

  // A finished trial a value: replicates of one point.
  void add_seeds(const std::vector<std::string>& words, const std::vector<double>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      std::vector<std::string> with_seed = words;
      with_seed.push_back("run.seed=" + std::to_string(i + 1));
      add(with_seed, TrialState::finished, values[i]).replicate = static_cast<std::int64_t>(i);
    }
  }

  // Epochs 1, 2, ... of the trial last added.
  void curve(const std::vector<double>& values) {
    std::vector<EpochValue>& reports = source.curves[source.trials.back().number];
    for (const double value : values) {
      reports.push_back({static_cast<std::int64_t>(reports.size()) + 1, value});
    }
  }
};

}  // namespace r50::sweep
