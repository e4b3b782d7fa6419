#pragma once

// A run as its metrics.jsonl records it, and what is made of it: tables, charts and the result. A
// run that was resumed ten times gives the same as one that was not.

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

struct CurveOptions {
  int width = 1200;
  int height = 800;
  std::string title;  // empty: the run's name and its best result
};

inline CurveOptions readme_size() { return {640, 360, ""}; }

// Accuracy of each set, losses and learning rate over the epochs, as the bytes of a PNG. The same
// history gives the same bytes. A history without any row gives empty charts.
std::string curves_png(const History& history, const CurveOptions& options = {});

// What a finished run came to.
std::string result_json(const History& history);
std::string result_sentence(const History& history);

}  // namespace r50::report
