#include "config/tables.h"

#include <absl/strings/str_format.h>
#include <cmath>

#include "config/paths.h"
#include "config/plugin_table.h"

namespace r50::config {

namespace {

void check_name(const RunTable& run, Checks& checks) {
  if (!run.name.empty() && !is_folder_name(run.name)) {
    checks.wrong("name",
                 "a run's name becomes the name of a folder: it may hold no /, and may not "
                 "begin with . or -");
  }
}

void check_batch(const RunTable& run, Checks& checks) {
  if (run.batch % run.accumulate == 0) return;
  checks.wrong("accumulate",
               absl::StrFormat("a batch of %d does not divide into %d equal micro-batches",
                               run.batch, run.accumulate),
               "choose a divisor of the batch");
}

void check_evaluate(const EvaluateTable& evaluate, Checks& checks) {
  const When& every = evaluate.every;
  if (every.unit == When::Unit::epochs && every.amount == std::floor(every.amount)) return;
  checks.wrong(
      "every",
      "evaluation takes place between epochs, so that " + every.text() + " is no interval for it",
      "write a whole number of epochs, such as \"1 epoch\"");
}

constexpr std::int64_t fewest_iterations = 20;

void check_find_lr(const FindLrTable& sweep, Checks& checks) {
  if (sweep.start >= sweep.end) {
    checks.wrong("end", "the sweep goes upwards, so it must end above 'start'");
  }
  if (sweep.iterations > 0 && sweep.iterations < fewest_iterations) {
    checks.wrong(
        "iterations", "so few points make no curve that a rule could read",
        absl::StrFormat("write at least %d, or 0 for one epoch; 100 is usual", fewest_iterations));
  }
}

Schema<ConvRule> conv_rule_schema() {
  using T = ConvRule;
  return std::move(
      Schema<T>("Which way convolutions of a shape are computed, before the built-in table; the "
                "first rule that matches counts. r50run profile --tune measures and writes them.")
          .choice("pass", &T::pass, "of the three products of a convolution",
                  {{"forward", ConvPass::forward},
                   {"input_gradient", ConvPass::input_gradient},
                   {"weight_gradient", ConvPass::weight_gradient}})
          .choice("type", &T::type, "of the activations",
                  {{"bf16", Precision::bf16}, {"fp32", Precision::fp32}})
          .field("kernel", &T::kernel, "its side in pixels", in(1, 64))
          .field("stride", &T::stride, "in pixels", in(1, 64))
          .field("in", &T::in, "channels; 0: any", in(0, 1e6))
          .field("out", &T::out, "channels; 0: any", in(0, 1e6))
          .field("least_pixels", &T::least_pixels, "of its output, an image", in(0, 1e9))
          .field("most_pixels", &T::most_pixels, "of its output, an image", in(0, 1e9))
          .field("threads", &T::threads, "of arithmetic, by which it was found; 0: any",
                 in(0, 1024))
          .choice(
              "path", &T::path,
              "aten: libtorch's convolution; rows: a 1x1 kernel as a product of matrices; "
              "columns: a 3x3 kernel alike, its neighbours gathered first; tiles: as these, with "
              "AMX (weight gradients)",
              {{"aten", ConvPath::aten},
               {"rows", ConvPath::rows},
               {"columns", ConvPath::columns},
               {"tiles", ConvPath::tiles}}));
}

}  // namespace

const Schema<RunTable>& run_schema() {
  using T = RunTable;
  static const Schema<T> schema = std::move(
      Schema<T>("How long, how large and how exactly is trained.")
          .field("name", &T::name, "the run's folder is runs/NAME; by default, the file's name")
          .field("epochs", &T::epochs, "passes over the training images", in(1, 1e6).required())
          .field("batch", &T::batch, "images a step, over all devices", in(1, 1e7).required())
          .field("accumulate", &T::accumulate,
                 "micro-batches of a batch on each device, to save memory; norms see one of them",
                 in(1, 1e7))
          .field("seed", &T::seed, "of everything random", at_least(0))
          .choice("precision", &T::precision, "number format of the arithmetic",
                  {{"auto", Precision::automatic},
                   {"fp32", Precision::fp32},
                   {"bf16", Precision::bf16},
                   {"fp16", Precision::fp16}})
          .field("clip", &T::clip, "largest norm of a gradient; 0: no clipping", at_least(0))
          .choice("step", &T::step,
                  "auto: r50's own kernels where the machine and the layer allow them; aten: "
                  "libtorch's operators, which also know gradients of gradients",
                  {{"auto", StepKind::automatic}, {"aten", StepKind::aten}})
          .tables("conv", &T::conv, "ways of convolutions on this kind of processor",
                  conv_rule_schema())
          .field("threads", &T::threads, "of arithmetic on the CPU; 0: chosen", in(0, 1024))
          .field("keep_memory", &T::keep_memory,
                 "GiB of memory that tensors on a CPU keep between steps; 0: none; left out: all "
                 "they need",
                 in(0, 1e6))
          .field("log_every", &T::log_every, "steps from one line of the log to the next",
                 in(1, 1e9))
          .field("folder", &T::folder, "where runs lie, seen from the current directory",
                 not_empty())
          .check(check_name)
          .check(check_batch));
  return schema;
}

const Schema<DataTable>& data_schema() {
  using T = DataTable;
  static const Schema<T> schema =
      std::move(Schema<T>("How images come from the data set to the model.")
                    .field("image_size", &T::image_size, "pixels a side in training", in(8, 4096))
                    .field("threads", &T::threads, "that read and decode; 0: chosen", in(0, 1024))
                    .field("ring", &T::ring, "micro-batches read ahead; 0: chosen", in(0, 1024))
                    .field("max_bad", &T::max_bad,
                           "share of unreadable images above which the run stops", in(0, 1)));
  return schema;
}

const Schema<EvaluateTable>& evaluate_schema() {
  using T = EvaluateTable;
  static const Schema<T> schema = std::move(
      Schema<T>("When and how every set of weights is evaluated.")
          .field("every", &T::every, "epochs from one evaluation to the next", above(0))
          .field("batch", &T::batch, "images at a time; 0: as many as in training", in(0, 1e7))
          .field("image_size", &T::image_size, "pixels a side; 0: as in training", in(0, 4096))
          .field("bn_samples", &T::bn_samples,
                 "training images from which the norms of averaged weights are estimated afresh",
                 in(1, 1e9))
          .check(check_evaluate));
  return schema;
}

const Schema<CheckpointTable>& checkpoint_schema() {
  using T = CheckpointTable;
  static const Schema<T> schema = std::move(
      Schema<T>("When the run is saved, and which of its checkpoints stay.")
          .field("every", &T::every, "from one checkpoint to the next")
          .field("keep", &T::keep, "this many of the latest stay", in(1, 1e6))
          .field("keep_every", &T::keep_every,
                 "one checkpoint in each such interval stays for good", above(0))
          .field("best_only", &T::best_only, "keep the best one and what continuing needs, no more")
          .choice("metric", &T::metric, "by which the best is chosen",
                  {{"top1", Metric::top1}, {"top5", Metric::top5}, {"loss", Metric::loss}}));
  return schema;
}

const Schema<FindLrTable>& find_lr_schema() {
  using T = FindLrTable;
  static const Schema<T> schema = std::move(
      Schema<T>("How r50run find-lr sweeps the learning rate. Runs take no notice of it.")
          .field("start", &T::start, "smallest rate", in(1e-12, 1e6))
          .field("end", &T::end, "largest rate", in(1e-12, 1e6))
          .field("iterations", &T::iterations, "steps of the sweep; 0: one epoch, at most 1000",
                 in(0, 1e6))
          .field("smoothing", &T::smoothing,
                 "share of what came before in the running loss that is judged", from_below(0, 1))
          .field("stop", &T::stop, "ends where the running loss is this many times the best",
                 above(1))
          .choice("rule", &T::rule, "which suggestion a run takes up by max_lr = \"from:FILE\"",
                  {{"valley", SuggestionRule::valley},
                   {"steep", SuggestionRule::steep},
                   {"minimum", SuggestionRule::minimum},
                   {"slide", SuggestionRule::slide}})
          .field("seeds", &T::seeds, "sweeps with other seeds, counted up from [run] seed",
                 in(1, 100))
          .check(check_find_lr));
  return schema;
}

const Schema<PluginsTable>& plugins_schema() {
  using T = PluginsTable;
  static const Schema<T> schema =
      std::move(Schema<T>("Folders with plugins, in addition to the usual ones.")
                    .field("path", &T::path, "folders to look into first"));
  return schema;
}

const std::vector<TopTable>& top_tables() {
  static const std::vector<TopTable> tables = [] {
    std::vector<TopTable> all = {{.key = "run", .schema = &run_schema(), .needed = true},
                                 {.key = "data", .schema = &data_schema()}};
    for (const Kind kind : kinds) {
      const bool one = kind_tables(kind) == KindTables::one;
      all.push_back(
          {.key = std::string(kind_name(kind)), .kind = kind, .list = !one, .needed = one});
    }
    all.push_back({.key = "evaluate", .schema = &evaluate_schema()});
    all.push_back({.key = "checkpoint", .schema = &checkpoint_schema()});
    all.push_back({.key = "find_lr", .schema = &find_lr_schema()});
    all.push_back({.key = "plugins", .schema = &plugins_schema()});
    return all;
  }();
  return tables;
}

}  // namespace r50::config
