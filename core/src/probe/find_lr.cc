#include "probe/find_lr.h"

#include <absl/strings/str_format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "assemble/assembly.h"
#include "assemble/fit.h"
#include "assemble/opened.h"
#include "config/identity.h"
#include "machine/interrupt.h"
#include "record/run_folder.h"
#include "report/lr_chart.h"
#include "train/errors.h"
#include "train/forward.h"
#include "train/step.h"

namespace r50::probe {

FindLrView::~FindLrView() = default;

namespace {

constexpr std::int64_t most_by_itself = 1000, fewest = 20, enough = 100;
constexpr const char* id_file = "find_lr_id";

// One call's life, in the order of its methods.
class FindLr {
 public:
  FindLr(const FindLrRequest& request, base::Files& files, FindLrView& view)
      : request_(request), files_(files), view_(view) {}

  Exit go() {
    opened_ = assemble::open_experiment(files_, request_.experiment, request_.overrides,
                                        config::SchedulerRates::stand_in);
    opened_.experiment.specs[Kind::averaging]
        .clear();  // a search needs no averages, which cost memory
    choose_folder();
    if (files_.exists(file("lr_suggestion.json"))) return already_done();
    machine_ = machine::choose_machine(request_.device, opened_.experiment.run,
                                       opened_.experiment.data.threads);
    machine::apply(machine_);
    train::check_precision(machine_.precision, c10::Device(machine_.device));
    for (const std::string& line : describe(machine_)) view_.say(line);
    if (!opened_.experiment.left_out.empty()) view_.say(opened_.experiment.left_out);
    first_ = assemble::open_data(opened_.experiment, *opened_.host);
    facts_ = first_->facts;
    make_plan();
    open_folder();
    take_up_earlier();
    const machine::Interrupt interrupt;
    for (auto i = static_cast<std::int64_t>(sweeps_.size()); i < plan_.table.seeds; ++i) {
      auto done = sweep(i);
      if (!done) return interrupted();
      sweeps_.push_back(std::move(*done));
      base::write_atomically(files_, file("lr_find.csv"), to_csv(sweeps_));
      view_.swept(sweeps_.back(), plan_, false);
    }
    return finish();
  }

 private:
  void choose_folder();
  Exit already_done();
  void make_plan();
  void open_folder();
  void take_up_earlier();
  std::optional<LrSweep> sweep(std::int64_t place);
  Exit interrupted();
  Exit finish();
  Exit tell(FoundLr found);

  std::string file(const std::string& name) const { return folder_ + "/" + name; }
  config::Experiment of_seed(std::int64_t place) const {
    config::Experiment experiment = opened_.experiment;
    experiment.run.seed += place;
    return experiment;
  }

  // Data that are drawn are drawn by the seed, so each has its own.
  assemble::DataSide data_of(std::int64_t place) {
    return place == 0 ? std::move(*first_) : assemble::open_data(of_seed(place), *opened_.host);
  }

  const FindLrRequest& request_;
  base::Files& files_;
  FindLrView& view_;
  assemble::Opened opened_;
  std::string id_, folder_;
  machine::Machine machine_;
  std::optional<assemble::DataSide> first_;  // of the first seed
  RunFacts facts_;
  LrPlan plan_;
  std::unique_ptr<base::FileLock> lock_;
  std::vector<LrSweep> sweeps_;
};

// A folder of the caller's says whose it is, since its name does not.
void FindLr::choose_folder() {
  const config::Experiment& experiment = opened_.experiment;
  id_ = config::find_lr_id(experiment);
  const std::string former = config::find_lr_id(experiment, config::IdRule::former);
  if (request_.run_dir.empty()) {
    const std::string& runs = experiment.run.folder;
    id_ = config::id_in_use(files_, runs + "/" + experiment.name + "/find-lr-", id_, former);
    folder_ =
        record::RunFolder::find(files_, runs, experiment.name, "find-lr-" + id_, request_.fresh);
    return;
  }
  folder_ = request_.run_dir;
  if (!files_.exists(file(id_file))) return;
  const std::string of = files_.read(file(id_file), 100);
  if (of == former + "\n") id_ = former;
  if (of == id_ + "\n" && !request_.fresh) return;
  throw WrongInput("--run-dir " + folder_ +
                   (request_.fresh
                        ? " holds a sweep already; --fresh needs another folder"
                        : " holds the sweep of another experiment; name another folder"));
}

Exit FindLr::already_done() {
  FoundLr found;
  found.result = lr_result_from_json(files_.read(file("lr_suggestion.json")));
  found.before = true;
  return tell(std::move(found));
}

void FindLr::make_plan() {
  plan_.table = opened_.experiment.find_lr;
  plan_.first_seed = opened_.experiment.run.seed;
  const std::int64_t epoch = facts_.length.steps_per_epoch;
  plan_.iterations = lr_iterations(plan_.table, epoch);
  if (plan_.table.iterations == 0) {
    const std::string why =
        epoch > most_by_itself
            ? absl::StrFormat("the most without [find_lr] iterations (an epoch has %d)", epoch)
            : "one epoch";
    view_.say(absl::StrFormat(
        "sweep      %d iterations: %s%s", plan_.iterations, why,
        plan_.iterations < enough ? "; so few say little, find_lr.iterations=200 says more" : ""));
  } else {
    view_.say(absl::StrFormat("sweep      %d iterations, as asked", plan_.iterations));
  }
}

void FindLr::open_folder() {
  std::string holder;
  try {
    files_.make_folders(folder_);
    lock_ = files_.lock(file("lock"), holder);
  } catch (const base::FileError& error) {
    throw WrongInput("the folder " + folder_ + " cannot be written: " + error.what() +
                     "; choose another place with [run] folder");
  }
  if (!lock_) {
    throw WrongInput("another process (pid " + holder + ") is finding a learning rate in " +
                     folder_ + "; wait for it or stop it");
  }
  if (!request_.run_dir.empty()) base::write_atomically(files_, file(id_file), id_ + "\n");
}

void FindLr::take_up_earlier() {
  if (!files_.exists(file("lr_find.csv"))) return;
  const auto earlier = sweeps_from_csv(files_.read(file("lr_find.csv")), plan_);
  if (!earlier) {
    view_.say(
        file("lr_find.csv") +
        " is damaged or of other data (an epoch had another length); the search begins again");
    return;
  }
  sweeps_ = *earlier;
  for (const LrSweep& sweep : sweeps_) view_.swept(sweep, plan_, true);
}

// Nothing if a signal came.
std::optional<LrSweep> FindLr::sweep(std::int64_t place) {
  assemble::LoaderWishes wishes;
  wishes.steps = plan_.iterations;
  wishes.tell = [this](const data::QuarantinedSample& sample) {
    view_.say("unreadable, replaced: " + sample.text());
  };
  assemble::Assembly assembly = assemble::assemble(of_seed(place), *opened_.host, data_of(place),
                                                   machine_, std::move(wishes));
  const train::TrainParts& parts = assembly.parts;
  const RunFacts& facts = assembly.settings.facts;
  const std::int64_t micro_batch = facts.batch / (facts.accumulate * facts.ranks);
  parts.model.call([](Model& model) { model.set_training(true); });
  train::World& world = train::single_world();
  train::Feed feed(*parts.train, parts.train_stages, train::PassKind::training, facts.seed, world,
                   c10::Device(assembly.settings.device));
  train::Stepper stepper(parts, assembly.settings, world, feed);

  LrSweep sweep;
  sweep.seed = static_cast<std::int64_t>(facts.seed);
  report::SmoothedLoss smoothed(plan_.table.smoothing);
  report::DivergenceWatch watch(plan_.table.stop);
  for (Progress now{0, facts.length}; now.step < plan_.iterations && !sweep.diverged; ++now.step) {
    if (machine::Interrupt::signal() != 0) return std::nullopt;
    if (now.step_in_epoch() == 0) feed.seek(now.epoch(), 0);
    const Rates rates{plan_.rate(now.step)};
    double loss = 0;
    try {
      loss = train::naming_memory(train::OutOfMemory::While::training, micro_batch,
                                  [&] { return stepper.take(now, rates).loss.item<double>(); });
    } catch (const train::OutOfMemory& error) {
      throw Error(assemble::explain_out_of_memory(error, assembly));
    }
    sweep.losses.push_back(loss);
    sweep.curve.rates.push_back(rates.lr);
    sweep.curve.losses.push_back(smoothed.add(loss));
    sweep.diverged = watch.diverged(sweep.curve.losses.back());
    view_.step(sweep.seed, now.step, plan_, sweep.curve.losses.back());
  }
  return sweep;
}

Exit FindLr::interrupted() {
  view_.say(absl::StrFormat(
      "%s: %d of %d seeds are done and kept in %s; the same command continues with the next",
      machine::Interrupt::name(), sweeps_.size(), plan_.table.seeds, folder_));
  return Exit::interrupted;
}

Exit FindLr::finish() {
  FoundLr found;
  found.result = judge(sweeps_, plan_);
  LrResult& result = found.result;
  result.name = opened_.experiment.name;
  result.id = id_;
  result.batch = facts_.batch;
  result.image_size = facts_.image_size;

  report::LrChart chart;
  chart.name = result.name;
  chart.id = "find-lr-" + id_;
  chart.about = absl::StrFormat("batch %d, %d px, %d %s", result.batch, result.image_size,
                                sweeps_.size(), sweeps_.size() == 1 ? "seed" : "seeds");
  for (const LrSweep& sweep : sweeps_) chart.curves.push_back(sweep.curve);
  for (const report::LrRule rule : report::lr_rules) {
    if (const auto& rate = result.of(rule).median) chart.suggestions.emplace_back(rule, *rate);
  }
  chart.chosen = result.rule;
  chart.suggested = result.suggested;
  chart.divergence = result.divergence;
  base::write_atomically(files_, file("lr_find.png"), report::lr_chart_png(chart));
  // Last: the mark that all is there.
  base::write_atomically(files_, file("lr_suggestion.json"), to_json(result, plan_));
  return tell(std::move(found));
}

Exit FindLr::tell(FoundLr found) {
  found.folder = folder_;
  found.key = "lr";
  Problems none;
  const config::PluginSpec& scheduler = opened_.experiment.spec(Kind::scheduler);
  const Value* use = scheduler.table.table()->find("use");
  if (use && use->spot().line > 0) found.file = use->spot().file;
  if (const AnySchema* schema = opened_.host->schema(Kind::scheduler, scheduler.table, none)) {
    for (const FieldInfo& field : schema->info().fields) {
      if (field.type != FieldInfo::Type::rate || field.list) continue;
      found.key = field.key;
      break;
    }
  }
  view_.found(found);
  return found.result.suggested ? Exit::done : Exit::failed;
}

}  // namespace

std::int64_t lr_iterations(const config::FindLrTable& table, std::int64_t steps_per_epoch) {
  const std::int64_t iterations =
      table.iterations > 0 ? table.iterations : std::min(steps_per_epoch, most_by_itself);
  if (iterations >= fewest) return iterations;
  throw WrongInput(absl::StrFormat(
      "one epoch has only %d steps, too few to draw a curve; set find_lr.iterations to at least %d "
      "(100 is usual), and several epochs are swept over",
      steps_per_epoch, fewest));
}

Exit find_lr(const FindLrRequest& request, base::Files& files, FindLrView& view) {
  return FindLr(request, files, view).go();
}

}  // namespace r50::probe
