#pragma once

// Which experiments are the same run, and what sets two of them apart.

#include <string>
#include <vector>

#include "base/files.h"
#include "config/experiment.h"

namespace r50::config {

// By the former rule a path counted with the values of environment variables in it, and every key
// with its default. Runs that were begun under such an ID keep it.
enum class IdRule { now, former };

// A short hash of what is trained and how. Loggers, checkpoint rules, [find_lr], threads, where
// plugins are looked for, the name and output paths do not count. A path counts by its text in the
// file: of ${NAME:-default} the default, of ${NAME} the name. So a project that is moved, or has
// its data elsewhere on another machine, finds its runs. A key that is newer than the rule (see
// default_counts.cc) counts where it differs from its default.
std::string experiment_id(const Experiment& experiment, IdRule rule = IdRule::now);

// The same for find-lr: what a sweep of the learning rate depends on, which is no schedule,
// average, evaluation or record.
std::string find_lr_id(const Experiment& experiment, IdRule rule = IdRule::now);

// The former ID if a folder goes by it, whose path is `folders` (runs/NAME/) and the ID: what was
// begun by the former rule is found and resumed.
std::string id_in_use(base::Files& files, const std::string& folders, const std::string& now,
                      const std::string& former);

// What a branch's ID has in addition to that of its experiment: it is made of the parent's
// checkpoint, so that the same command finds the same branch again.
std::string branch_suffix(const std::string& checkpoint_content);

struct Difference {
  std::string key;   // "scheduler.lr", "averaging.0.decay"
  std::string from;  // as TOML; empty if the key was not there
  std::string to;
};

// Of two resolved experiments, in the order of the keys.
std::vector<Difference> differences(const Value& from, const Value& to);

}  // namespace r50::config
