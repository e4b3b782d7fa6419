#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "r50/events.h"

namespace r50::test {

struct SampleRun {
  std::int64_t epochs = 3;
  std::int64_t steps_per_epoch = 50;
  std::vector<std::string> sets = {"plain"};
  std::int64_t swa_from = 0;   // epochs before a set "swa" appears; 0: never
  std::int64_t nan_from = -1;  // epoch from which on losses are no numbers
};

// The rows of a run that learns smoothly: the later set is the better one.
inline std::vector<Row> sample_rows(const SampleRun& run) {
  std::vector<Row> rows;
  const auto add = [&](const Event& event) {
    rows.push_back({static_cast<std::int64_t>(rows.size()), event});
  };
  const auto total = static_cast<double>(run.epochs * run.steps_per_epoch);
  double best = -1;
  for (std::int64_t epoch = 1; epoch <= run.epochs; ++epoch) {
    const bool no_number = run.nan_from >= 0 && epoch >= run.nan_from;
    const std::int64_t end = epoch * run.steps_per_epoch;
    for (std::int64_t step = end - run.steps_per_epoch + 10; step <= end; step += 10) {
      const double part = static_cast<double>(step) / total;
      add(StepEvent{.step = step,
                    .epoch = epoch,
                    .loss = no_number ? NAN : 1 + 5 * std::exp(-5 * part),
                    .lr = 0.1 * (1 - part),
                    .momentum = 0.9,
                    .grad_norm = 0,
                    .size = 64,
                    .wall = {1, 500, 0.01}});
    }
    const double part = static_cast<double>(end) / total;
    std::vector<std::string> sets = run.sets;
    if (run.swa_from > 0 && epoch > run.swa_from) sets.emplace_back("swa");
    for (std::size_t i = 0; i < sets.size(); ++i) {
      const double top1 = 75 * (1 - std::exp(-4 * part)) + static_cast<double>(i);
      add(EvaluationEvent{.epoch = epoch,
                          .step = end,
                          .set = sets[i],
                          .loss = no_number ? NAN : 1 + 4 * std::exp(-5 * part),
                          .top1 = top1,
                          .top5 = top1 + 15,
                          .images = 1000,
                          .best = top1 > best,
                          .wall_seconds = 2});
      best = std::max(best, top1);
    }
    add(EpochEvent{epoch,
                   end,
                   no_number ? NAN : 1 + 5 * std::exp(-5 * part),
                   0.1 * (1 - part),
                   2,
                   {63, 512.4, 0.02}});
  }
  return rows;
}

}  // namespace r50::test
