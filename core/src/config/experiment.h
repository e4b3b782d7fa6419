#pragma once

// An experiment, read and checked: what a run is made from.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/document.h"
#include "r50/plugin.h"
#include "r50/schema.h"
#include "r50/units.h"
#include "r50/value.h"

namespace r50::config {

enum class Precision { automatic, fp32, bf16, fp16 };
enum class StepKind { automatic, aten };

enum class ConvPass { forward, input_gradient, weight_gradient };
enum class ConvPath { aten, rows, columns, tiles };

struct ConvRule {  // [[run.conv]]
  ConvPass pass = ConvPass::forward;
  Precision type = Precision::bf16;
  std::int64_t kernel = 1, stride = 1;
  std::int64_t in = 0, out = 0;                                // channels; 0: any
  std::int64_t least_pixels = 0, most_pixels = 1'000'000'000;  // of the output
  std::int64_t threads = 0;                                    // 0: any
  ConvPath path = ConvPath::aten;
};

struct RunTable {    // [run]
  std::string name;  // empty: the file's stem
  std::int64_t epochs = 0;
  std::int64_t batch = 0;  // global
  std::int64_t accumulate = 1;
  std::int64_t seed = 1;
  Precision precision = Precision::automatic;
  double clip = 0;  // largest gradient norm; 0: off
  StepKind step = StepKind::automatic;
  std::vector<ConvRule> conv;
  std::int64_t threads = 0;           // compute threads; 0: chosen
  std::optional<double> keep_memory;  // GiB
  std::int64_t log_every = 10;
  std::string folder = "runs";  // where runs lie, seen from the current directory
};

struct DataTable {  // [data]
  std::int64_t image_size = 224;
  std::int64_t threads = 0;  // loader threads; 0: chosen
  std::int64_t ring = 0;     // micro-batches read ahead; 0: chosen
  double max_bad = 0.001;    // share of unreadable samples that stops the run
};

struct EvaluateTable {          // [evaluate]
  When every = epochs(1);       // whole epochs
  std::int64_t batch = 0;       // 0: the micro-batch
  std::int64_t image_size = 0;  // 0: [data] image_size
  std::int64_t bn_samples = 4096;
};

enum class Metric { top1, top5, loss };

struct CheckpointTable {  // [checkpoint]
  Every every = r50::every(epochs(1));
  std::int64_t keep = 2;           // this many of the latest
  std::optional<When> keep_every;  // and one each so often for good
  bool best_only = false;          // no last.pt history, only what continuing needs, and best.pt
  Metric metric = Metric::top1;
};

// In the order of report/lr_rules.h.
enum class SuggestionRule { valley, steep, minimum, slide };

struct FindLrTable {  // [find_lr]: of no account to a run
  double start = 1e-7, end = 10;
  std::int64_t iterations = 0;  // 0: one epoch, at most 1000
  double smoothing = 0.98;      // of what came before, in the loss that is judged
  double stop = 4;              // times the best loss
  SuggestionRule rule = SuggestionRule::valley;
  std::int64_t seeds = 3;
};

struct PluginsTable {  // [plugins]
  std::vector<Path> path;
};

// In which passes over the data an augmentation stage works.
enum class Use { train, evaluate, both };

struct PluginSpec {
  std::string name;  // [[averaging]], [[logger]]: its `name`, by default its `use`; else its `use`
  // As written, host keys included, but that a `use` that is a path is absolute.
  Value table;
  Use when = Use::train;            // augmentation only
  std::optional<When> from, until;  // augmentation only
};

struct Experiment {
  RunTable run;
  DataTable data;
  EvaluateTable evaluate;
  CheckpointTable checkpoint;
  FindLrTable find_lr;
  PluginsTable plugins;
  // In the order of the file; one each of the kinds that have one table.
  std::map<Kind, std::vector<PluginSpec>> specs;
  const PluginSpec& spec(Kind kind) const { return specs.at(kind).front(); }

  std::string name;                // [run] name or the first file's stem
  std::vector<std::string> files;  // as the command line names them
  WrittenTexts written;            // of the values of `resolved`
  // Which wishes of a data set's file the model has no key for, in one line; empty: none.
  std::string left_out;

  // Every key of every schema with its value, normalised ("5 epochs", reals as reals, paths
  // absolute); spots say the origin of each, unknown spots are defaults. Keys that are optional and
  // not written are not there.
  Value resolved;
  // What IDs are made of (identity.h), by the rule of today and by the former one.
  Value counted, counted_formerly;
};

// [plugins] path: the plugin host has to know it before the experiment can be read.
std::vector<std::string> plugin_folders(const Document& document, Problems& problems);

// Checks a document against the schemas of the core and of the plugins it names, and reports all
// that is wrong; nothing if `problems` is not empty at the end, be it by earlier problems.
std::optional<Experiment> read_experiment(Document document, const std::string& file_stem,
                                          PluginSource& plugins, Problems& problems);

// What is wrong with the data set, where that is its `path`, with how to train on other data.
Problems with_way_to_other_data(const Problems& problems, const Experiment& experiment);

// The resolved experiment as TOML that reads back to the same experiment, with, beside each value,
// its doc, range and origin. Saved as resolved.toml.
std::string explain(const Experiment& experiment, PluginSource& plugins);

}  // namespace r50::config
