#include "sweep/file/sweep_file.h"

#include <algorithm>
#include <filesystem>

#include "config/paths.h"
#include "config/toml_source.h"
#include "r50/schema.h"
#include "r50/suggest.h"

namespace r50::sweep {
namespace {

Schema<MetricTable> metric_schema() {
  using T = MetricTable;
  return std::move(Schema<T>("What trials are compared by.")
                       .field("name", &T::name,
                              "top1, top5 or loss of the plain weights; SET.top1 of another set "
                              "of weights (ema.top1); best.top1 of whichever is best",
                              not_empty())
                       .choice("goal", &T::goal,
                               "by default, loss is minimized, accuracy maximized",
                               {{"by name", Goal::by_name},
                                {"minimize", Goal::minimize},
                                {"maximize", Goal::maximize}}));
}

Schema<StopTable> stop_schema() {
  using T = StopTable;
  return std::move(
      Schema<T>("Which trials are stopped early.")
          .choice(
              "type", &T::type,
              "asha: the best of each rung are promoted; hyperband: several such ladders; median: "
              "trials below the others' median end",
              {{"none", StopRule::none},
               {"asha", StopRule::asha},
               {"hyperband", StopRule::hyperband},
               {"median", StopRule::median}})
          .field("min_iter", &T::min_iter, "epochs before the first judgement", in(1, 1e6))
          .field("eta", &T::eta,
                 "of this many trials at a rung one is promoted, this many times further",
                 in(2, 100))
          .field("min_trials", &T::min_trials, "median: the number of others to judge by",
                 in(1, 1e6)));
}

Schema<ConfirmTable> confirm_schema() {
  using T = ConfirmTable;
  return std::move(
      Schema<T>("A second stage: the best points again, longer or on more data.")
          .field("top", &T::top, "the number of best points; 0: no second stage", in(0, 1e4))
          .field("seeds", &T::seeds, "replicates of each", in(1, 1e3)));
}

Schema<LauncherTable> launcher_schema() {
  using T = LauncherTable;
  return std::move(
      Schema<T>("Where trials run.")
          .choice("kind", &T::kind,
                  "local: on this machine; slurm; command: by three commands of "
                  "yours; kubernetes (experimental): a manifest is written",
                  launcher_kinds())
          .field("slots", &T::slots, "trials at a time; 0: one a device, or one", in(0, 1e4))
          .field("trials_per_gpu", &T::trials_per_gpu, "that share a device", in(1, 64))
          .field("program", &T::program, "another program than r50run, with its first words")
          .field("price_per_hour", &T::price_per_hour, "of one slot, in dollars", in(0, 1e6))
          .field("cores", &T::cores, "of a trial; slurm, command, kubernetes", in(1, 4096))
          .field("poll_seconds", &T::poll_seconds,
                 "slurm, command: between two looks at what the jobs do", in(0.01, 3600))
          .field("late_seconds", &T::late_seconds,
                 "slurm, command: so much later than a job's end its files may be seen",
                 in(0, 3600))
          .field("partition", &T::partition, "slurm: --partition")
          .field("account", &T::account, "slurm: --account")
          .field("gres", &T::gres, "slurm: --gres, such as gpu:1")
          .field("time", &T::time, "slurm: --time, such as 04:00:00")
          .field("sbatch", &T::sbatch, "slurm: further words for sbatch")
          .field("queue_max", &T::queue_max, "slurm, command: jobs in the queue at a time",
                 in(1, 1e6))
          .field("signal_seconds", &T::signal_seconds,
                 "slurm: so long before the time limit a trial saves and is queued again",
                 in(10, 1e5))
          .field("submit", &T::submit,
                 "command: gives {script} to the engine and prints the job's id")
          .field("poll", &T::poll, "command: says of {id} alive, queued or gone")
          .field("cancel", &T::cancel, "command: ends {id}, with SIGTERM first")
          .field("id_pattern", &T::id_pattern,
                 "command: where the id stands in submit's output, in (...); by default, its first "
                 "word")
          .field("image", &T::image, "kubernetes: the container's image, with r50run in it")
          .field("claim", &T::claim,
                 "kubernetes: the volume claim with this folder, mounted under the same path")
          .field("gpus", &T::gpus, "kubernetes: nvidia.com/gpu of a trial", in(0, 64))
          .field("memory", &T::memory, "kubernetes: of a trial, such as 16Gi")
          .field("queue", &T::queue, "kubernetes: Kueue's local queue"));
}

Schema<RetryTable> retry_schema() {
  using T = RetryTable;
  return std::move(
      Schema<T>("What happens to trials that do not come to an end.")
          .field("times", &T::times,
                 "that a trial is started again after a fault that is not its own", in(0, 1000))
          .field("alike", &T::alike, "first trials failing alike that end the sweep; 0: never",
                 in(0, 1000))
          .field("hang_factor", &T::hang_factor,
                 "usual gaps between its rows after which a trial counts as hanging", in(2, 1e6))
          .field("hang_minutes", &T::hang_minutes, "but never before", in(0.1, 1e6))
          .field(
              "lease_minutes", &T::lease_minutes,
              "without a sign of life after which a trial that another machine runs is taken over",
              in(5, 1e6)));
}

// All keys of a sweep file but those that name the experiment's own: parameters, zip, when, trial
// and [confirm] set.
const Schema<SweepFile>& sweep_schema() {
  using T = SweepFile;
  static const Schema<SweepFile> schema = std::move(
      Schema<T>("A sweep: many runs of one experiment, with other values for some of its keys.")
          .field("name", &T::name, "its folder is runs/NAME; by default, the file's name")
          .field("base", &T::base,
                 "the experiment, or a list: files that are put over it; relative to this file",
                 required())
          .field("branch", &T::branch,
                 "a checkpoint: each trial is an `r50run --branch` of it; relative to the current "
                 "folder, as runs/ is")
          .choice("method", &T::method,
                  "grid: every combination; random; sobol: random, but even; tpe: where results "
                  "so far were good; lr_find: the grid's learning-rate finders; list: [[trial]]",
                  {{"grid", Method::grid},
                   {"random", Method::random},
                   {"sobol", Method::sobol},
                   {"tpe", Method::tpe},
                   {"lr_find", Method::lr_find},
                   {"list", Method::list}})
          .table("metric", &T::metric, "what trials are compared by", metric_schema())
          .field("seeds", &T::seeds, "replicates of each point: run.seed, +1, +2, ...", in(1, 1000))
          .field("run_cap", &T::run_cap, "points at most; 0: as many as there are", in(0, 1e6))
          .field("seed", &T::seed, "of random, sobol and tpe", at_least(0))
          .field("budget", &T::budget, "hours or money at most: \"40h\", \"$25\"")
          .table("early_terminate", &T::stop, "which trials end early", stop_schema())
          .table("confirm", &T::confirm, "a second stage", confirm_schema())
          .table("launcher", &T::launcher, "where trials run", launcher_schema())
          .table("retry", &T::retry, "after faults", retry_schema())
          .table(
              "keep", &T::keep, "which checkpoints stay",
              Schema<KeepTable>("Which checkpoints stay once a trial has ended.")
                  .field("best", &KeepTable::best, "those of this many best trials", in(0, 1e6))));
  return schema;
}

// Schemas of plugins inside of plugins: a sweep file has none.
class NoPlugins final : public PluginSource {
 public:
  const AnySchema* schema(Kind, const Value&, Problems&) override { return nullptr; }
  std::pair<std::shared_ptr<Plugin>, std::string> build(Kind, const Value&, const void*) override {
    return {};
  }
};

Value parse_file(base::Files& files, const std::string& path, Problems& problems) {
  if (!files.exists(path) || files.is_folder(path)) {
    throw WrongInput("'" + path + "' is no file; name a sweep file, such as those in sweeps/");
  }
  auto value = config::parse_toml(files.read(path, 1'000'000), path, problems);
  if (!value) throw WrongInput(problems);
  return std::move(*value);
}

// [confirm] set = {"run.epochs" = 16}: keys of the experiment, which no schema of ours knows.
Settings take_settings(Value& document, Problems& problems) {
  Settings settings;
  Value* const confirm = document.table()->find("confirm");
  Value* const set = confirm && confirm->table() ? confirm->table()->find("set") : nullptr;
  if (!set) return settings;
  if (!set->table()) {
    problems.add(set->spot(), "[confirm] set is " + std::string(set->type_name()),
                 "write set = {\"run.epochs\" = 16}");
  } else {
    for (const Table::Entry& entry : set->table()->entries()) {
      settings.push_back({entry.key, entry.value});
    }
  }
  confirm->table()->erase("set");
  return settings;
}

// `budget = "40h"`, or a table of its own: [budget] limit = "40h".
void take_budget(Value& document, Problems& problems) {
  Value* const budget = document.table()->find("budget");
  if (!budget || !budget->table()) return;
  const Value* const limit = budget->table()->find("limit");
  if (!limit || budget->table()->size() != 1) {
    problems.add(budget->spot(), "[budget] has one key, limit",
                 "write limit = \"40h\", or \"$25\"");
    document.table()->erase("budget");
    return;
  }
  const Value taken = *limit;
  *budget = taken;
}

// What is varied is read elsewhere. A key that was to be one of these tables is reported here: the
// schema, which knows none of them, would guess at others.
void take_varied(Value& document, Problems& problems) {
  const std::vector<std::string> varied = {"parameters", "zip", "when", "trial"};
  std::vector<std::string> misspelt;
  for (const Table::Entry& entry : document.table()->entries()) {
    if (sweep_schema().info().find(entry.key) || !nearest(entry.key, varied)) continue;
    if (std::find(varied.begin(), varied.end(), entry.key) != varied.end()) continue;
    problems.add(entry.key_spot, "unknown key '" + entry.key + "'",
                 near_guess(entry.key, varied, "keys"));
    misspelt.push_back(entry.key);
  }
  for (const auto& keys : {varied, misspelt}) {
    for (const std::string& key : keys) document.table()->erase(key);
  }
}

// One file is a list of one.
void list_base(Value& ours) {
  Value* base = ours.table()->find("base");
  if (base && base->text()) *base = Value(Array{*base}, base->spot());
}

void find_base(const Value& ours, base::Files& files, SweepFile& sweep, Problems& problems) {
  const Value* base = ours.table()->find("base");
  if (!base || !base->array()) return;
  sweep.base.clear();
  for (const Value& one : *base->array()) {
    if (!one.text()) continue;  // has been reported
    sweep.base.push_back(config::path_from_here(*one.text(), one.spot()));
    if (files.exists(sweep.base.back())) continue;
    problems.add(one.spot(), "the experiment '" + sweep.base.back() + "' does not exist",
                 "base is relative to the sweep file");
  }
}

}  // namespace

std::vector<std::pair<std::string, LauncherKind>> launcher_kinds() {
  return {{"local", LauncherKind::local},
          {"slurm", LauncherKind::slurm},
          {"command", LauncherKind::command},
          {"kubernetes", LauncherKind::kubernetes}};
}

bool SweepFile::maximize() const {
  if (metric.goal != Goal::by_name) return metric.goal == Goal::maximize;
  return metric.name.find("loss") == std::string::npos;
}

SweepFile read_sweep_file(base::Files& files, const std::string& path) {
  Problems problems;
  const Value written = parse_file(files, path, problems);
  Value ours = written;
  take_varied(ours, problems);
  take_budget(ours, problems);
  const Settings confirmed = take_settings(ours, problems);
  list_base(ours);

  NoPlugins plugins;
  SchemaReader reader(SchemaReader::Mode::check, problems, plugins, {});
  SweepFile sweep = sweep_schema().read(ours, reader);
  sweep.parameters = read_parameters(*written.table(), problems);
  sweep.confirm.set = confirmed;
  if (sweep.finds_rates()) sweep.metric.name = suggested_rate;
  sweep.path = path;
  if (sweep.name.empty()) sweep.name = std::filesystem::path(path).stem().string();
  if (!config::is_folder_name(sweep.name)) {
    const Value* const name = ours.table()->find("name");
    problems.add(name ? name->spot() : Spot{path, 0, 0}, "the sweep's name is '" + sweep.name + "'",
                 "it becomes the name of a folder in runs/: it may hold no /, and may not begin "
                 "with . or -");
  }
  find_base(ours, files, sweep, problems);
  check_rules(sweep, *written.table(), problems);
  if (!problems.empty()) throw WrongInput(problems);
  return sweep;
}

}  // namespace r50::sweep
