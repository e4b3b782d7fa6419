#pragma once

// A sweep file, read and checked as far as it goes without the experiment: what r50sweep is to do.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "r50/error.h"
#include "r50/units.h"
#include "r50/value.h"
#include "sweep/file/parameters.h"

namespace r50::sweep {

enum class Method { grid, random, sobol, tpe, lr_find, list };
enum class Goal { by_name, minimize, maximize };

struct MetricTable {          // [metric]
  std::string name = "top1";  // of the plain weights; "ema.top1"; "best.top1"
  Goal goal = Goal::by_name;
};

enum class StopRule { none, asha, hyperband, median };

struct StopTable {  // [early_terminate]
  StopRule type = StopRule::none;
  std::int64_t min_iter = 1;    // epochs to the first rung
  std::int64_t eta = 3;         // of this many trials at a rung, one is promoted
  std::int64_t min_trials = 5;  // median: no judgement by fewer
};

struct ConfirmTable {    // [confirm]
  std::int64_t top = 0;  // 0: no second stage
  std::int64_t seeds = 3;
  Settings set;  // over what the points say
};

enum class LauncherKind { local, slurm, command, kubernetes };
std::vector<std::pair<std::string, LauncherKind>> launcher_kinds();  // by their names

struct LauncherTable {  // [launcher]
  LauncherKind kind = LauncherKind::local;
  std::int64_t slots = 0;  // 0: a device each, or one
  std::int64_t trials_per_gpu = 1;
  std::vector<std::string> program;  // in place of r50run: its words, FILE and overrides added
  double price_per_hour = 0;         // of a slot
  // slurm, command, kubernetes
  std::int64_t cores = 1;          // of a trial
  double poll_seconds = 10;        // between two looks at what the jobs do
  std::int64_t late_seconds = 15;  // that files of another machine may be seen late
  // slurm
  std::string partition, account, gres, time;
  std::vector<std::string> sbatch;    // further words for sbatch
  std::int64_t queue_max = 100;       // waiting or running at a time
  std::int64_t signal_seconds = 120;  // before the time limit
  // command
  std::string submit, poll, cancel, id_pattern;
  // kubernetes
  std::string image, queue, claim, memory;
  std::int64_t gpus = 0;  // of a trial
};

struct RetryTable {          // [retry]
  std::int64_t times = 3;    // of a trial, for faults that are not its own
  std::int64_t alike = 3;    // this many first trials that fail with one message stop the sweep
  double hang_factor = 20;   // times the usual gap between rows of a trial
  double hang_minutes = 10;  // at least
  // Of a trial that another machine runs: after this time without a sign of life it counts as dead.
  double lease_minutes = 15;
};

struct KeepTable {        // [keep]
  std::int64_t best = 3;  // trials whose checkpoints stay
};

// What a finder suggests, in the place of a metric; so its file has it.
inline constexpr const char* suggested_rate = "suggested_max_lr";

struct SweepFile {
  std::string name;  // by default the file's stem; its folder is runs/NAME
  std::string path;
  std::vector<std::string> base;  // the experiment, and files put over it, seen from here
  std::string branch;  // the checkpoint that each trial begins at, seen from here; empty: none
  Method method = Method::grid;
  MetricTable metric;
  Parameters parameters;
  std::int64_t seeds = 1;
  std::int64_t run_cap = 0;  // points; 0: as many as there are
  std::int64_t seed = 1;
  std::string budget;  // "40h", "$25"; empty: none
  StopTable stop;
  ConfirmTable confirm;
  LauncherTable launcher;
  RetryTable retry;
  KeepTable keep;

  bool maximize() const;
  // Trials are learning-rate finders: each suggests a rate, and none is better than another.
  bool finds_rates() const { return method == Method::lr_find; }
};

// What one key of a sweep file demands of another.
void check_rules(const SweepFile& sweep, const Table& written, Problems& problems);

// Points of the grid over all choices; 0: there are ranges among them.
double grid_size(const Parameters& parameters);

// Throws WrongInput with all that is wrong at once.
SweepFile read_sweep_file(base::Files& files, const std::string& path);

// `budget` of a sweep file and --budget: what a sweep may use up. One of both is above 0. Seconds
// are the clock's, with all slots at work: "40h" on two slots is 80 hours of trials. Dollars are
// for a slot's hours.
struct Limit {
  double seconds = 0, dollars = 0;
  std::string text;  // as written
};

// "$4.10", "3 h 10 min": so much of a limit.
std::string use_text(const Limit& limit, double use);

// "40h", "90 minutes", "1h 30m", "2 days", "$25", "25 dollars"; nothing for anything else.
std::optional<Limit> parse_limit(const std::string& text);

// Throws WrongInput for what is no limit, and for money without a price.
Limit checked_limit(const std::string& text, double price_per_hour);

}  // namespace r50::sweep
