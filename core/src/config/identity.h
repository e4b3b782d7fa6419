#pragma once

// Which experiments are the same run, and what sets two of them apart.

#include <string>
#include <vector>

#include "config/experiment.h"

namespace r50::config {

// A short hash of what is trained and how. Loggers, checkpoint rules, [find_lr], threads, where
// plugins are looked for, the name and output paths do not count, and paths count as they are
// written, so that a project that is moved or run elsewhere finds its runs.
std::string experiment_id(const Experiment& experiment);

// The same of a sweep of the learning rate: what find-lr depends on, which is no schedule, average,
// evaluation or record.
std::string find_lr_id(const Experiment& experiment);

struct Difference {
  std::string key;   // "scheduler.lr", "averaging.0.decay"
  std::string from;  // as TOML; empty if the key was not there
  std::string to;
};

// Of two resolved experiments, in the order of the keys.
std::vector<Difference> differences(const Value& from, const Value& to);

}  // namespace r50::config
