#pragma once

// A run as its metrics.jsonl tells it: the source of every table and chart.

#include <cstdint>
#include <string>
#include <vector>

#include "base/files.h"
#include "r50/events.h"

namespace r50::report {

struct EpochEntry {
  EpochEvent epoch;
  std::vector<EvaluationEvent> sets;  // in the order they were evaluated; empty if none was
  const EvaluationEvent* find(const std::string& set) const;
};

struct History {
  std::string name;               // "quickstart", of runs/quickstart/1f0c
  std::string id;                 // "1f0c"
  std::vector<std::string> sets;  // in order of first appearance
  std::vector<StepEvent> steps;
  std::vector<EpochEntry> epochs;

  // The latest evaluation that was the best so far by [checkpoint] metric; null without any.
  const EvaluationEvent* best() const;
  double steps_per_epoch() const;  // 0 before the first epoch's end
  double seconds() const;          // of all epochs
};

History read_history(base::Files& files, const std::string& run_folder);

// One row an epoch; a cell is empty where there is no value. Numbers have all their digits.
std::string history_csv(const History& history);

// The same for people, readable before it is rendered as well. The best result is bold.
std::string history_markdown(const History& history);

}  // namespace r50::report
