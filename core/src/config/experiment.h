#pragma once

// An experiment file, read and checked: what a run is made from.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "r50/plugin.h"
#include "r50/schema.h"
#include "r50/units.h"
#include "r50/value.h"

namespace r50::config {

enum class Precision { automatic, fp32, bf16, fp16 };

struct RunTable {  // [run]
  std::string name;  // empty: the file's stem
  std::int64_t epochs = 0;
  std::int64_t batch = 0;
  std::int64_t accumulate = 1;
  std::int64_t seed = 1;
  Precision precision = Precision::automatic;
  double clip = 0;           // largest gradient norm; 0: off
  std::int64_t threads = 0;  // compute threads; 0: chosen
  std::int64_t log_every = 10;
  std::string folder;        // where runs/ lies; "runs"
};

struct DataTable {  // [data]
  std::int64_t image_size = 224;
  std::int64_t threads = 0;  // loader threads; 0: chosen
  std::int64_t ring = 0;     // batches read ahead; 0: chosen
  double max_bad = 0.001;    // share of unreadable samples that stops the run
};

struct EvaluateTable {  // [evaluate]
  When every = epochs(1);
  std::int64_t batch = 0;       // 0: the micro-batch
  std::int64_t image_size = 0;  // 0: [data] image_size
  std::int64_t bn_samples = 4096;
};

enum class Metric { top1, top5, loss };

struct CheckpointTable {  // [checkpoint]
  Every every = r50::every(epochs(1));
  std::int64_t keep = 2;             // this many of the latest
  std::optional<When> keep_every;    // and one each so often for good
  bool best_only = false;            // no last.pt history, only what continuing needs, and best.pt
  Metric metric = Metric::top1;
};

struct PluginsTable {  // [plugins]
  std::vector<Path> path;
};

// Host keys of a plugin's table.
enum class Use { train, evaluate, both };

struct PluginSpec {
  Kind kind{};
  std::string name;  // [[averaging]], [[logger]]: its `name`, by default its `use`
  Value table;       // as written, host keys included
  Use when = Use::both;  // augmentation; by default: both for batch stages... see [[augmentation]]
  std::optional<When> from, until;
};

struct Experiment {
  RunTable run;
  DataTable data;
  EvaluateTable evaluate;
  CheckpointTable checkpoint;
  PluginsTable plugins;
  PluginSpec dataset, model, optimizer, loss, scheduler;
  std::vector<PluginSpec> augmentation, averaging, logger;

  std::string name;  // [run] name or the file's stem
  // Every key of every schema with its value, normalised ("5 epochs", reals as reals); spots tell
  // the origin of each, unknown spots are defaults.
  Value resolved;
};

}  // namespace r50::config
