#include "assemble/assembly.h"

#include <ATen/Context.h>
#include <absl/strings/str_format.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "assemble/stages.h"
#include "base/clock.h"
#include "data/plan.h"
#include "r50/random.h"
#include "train/model_weights.h"

namespace r50::assemble {
namespace {

// Torch's generator gives the initial weights; seeded like every other draw of the run.
void seed_initial_weights(std::uint64_t seed) {
  at::Generator generator = at::globalContext().defaultGenerator(at::kCPU);
  const std::lock_guard lock(generator.mutex());
  generator.set_current_seed(random_seed({.seed = seed, .stream = Stream::initial_weights}));
}

data::LoaderSetup loader_setup(const config::Experiment& experiment, const DataSide& data,
                               const machine::Machine& machine, Split split, const Stages& stages,
                               std::shared_ptr<data::Quarantine> quarantine) {
  data::LoaderSetup setup;
  setup.dataset = data.dataset;
  setup.split = split;
  setup.regions = stages.regions;
  setup.pixels = stages.pixels;
  setup.seed = data.facts.seed;
  setup.threads = machine.loader_threads;
  if (experiment.data.ring > 0) setup.slots = static_cast<int>(experiment.data.ring);
  setup.pinned = machine.device != "cpu";
  setup.quarantine = std::move(quarantine);
  return setup;
}

train::BestBy best_by(config::Metric metric) {
  switch (metric) {
    case config::Metric::top5:
      return train::BestBy::top5;
    case config::Metric::loss:
      return train::BestBy::loss;
    case config::Metric::top1:
      break;
  }
  return train::BestBy::top1;
}

}  // namespace

DataSide open_data(const config::Experiment& experiment, host::Host& host) {
  const DatasetFacts wanted{static_cast<std::uint64_t>(experiment.run.seed),
                            experiment.data.image_size};
  try {
    return data_side(experiment, host.make<Dataset>(experiment.spec(Dataset::kind).table, wanted));
  } catch (const WrongInput& error) {
    throw WrongInput(config::with_way_to_other_data(error.problems(), experiment));
  }
}

DataSide data_side(const config::Experiment& experiment, const Held<Dataset>& dataset) {
  DataSide side;
  side.dataset = dataset;
  const config::RunTable& run = experiment.run;
  const DatasetInfo& info =
      side.dataset.call([](auto& held) -> const DatasetInfo& { return held.info(); });
  if (info.train_images < run.batch) {
    throw WrongInput(
        absl::StrFormat("%s has %d training images, fewer than one batch of %d; set [run] batch to "
                        "at most that",
                        side.dataset.label(), info.train_images, run.batch));
  }
  if (info.evaluate_images < 1) {
    throw WrongInput(side.dataset.label() + " has no images to evaluate on");
  }
  side.facts = {.seed = static_cast<std::uint64_t>(run.seed),
                .length = {run.epochs, info.train_images / run.batch},
                .batch = run.batch,
                .accumulate = run.accumulate,
                .ranks = 1,
                .train_images = info.train_images,
                .classes = static_cast<std::int64_t>(info.classes.size()),
                .channels = 3,
                .image_size = experiment.data.image_size,
                .mean = info.mean,
                .std = info.std};
  side.micro_batch = run.batch / (side.facts.ranks * run.accumulate);
  side.evaluate_batch =
      experiment.evaluate.batch > 0 ? experiment.evaluate.batch : side.micro_batch;
  return side;
}

Assembly assemble(const config::Experiment& experiment, host::Host& host, DataSide data,
                  const machine::Machine& machine, LoaderWishes wishes) {
  Assembly assembly;
  const RunFacts facts = data.facts;
  const BothStages stages = build_stages(experiment, host, facts);
  const DatasetInfo& info =
      data.dataset.call([](auto& dataset) -> const DatasetInfo& { return dataset.info(); });

  // Cheap plugins before the model: a wrong key in one is reported without waiting for weights.
  train::TrainParts& parts = assembly.parts;
  parts.scheduler = host.make<Scheduler>(experiment.spec(Scheduler::kind).table, facts);
  parts.loss = host.make<Loss>(experiment.spec(Loss::kind).table, facts);

  seed_initial_weights(facts.seed);
  const double before = base::real_clock().seconds();
  parts.model = host.make<Model>(experiment.spec(Model::kind).table, facts);
  assembly.model_seconds = base::real_clock().seconds() - before;

  const ModelTensors tensors = parts.model.call([](auto& model) { return model.tensors(); });
  train::move_to(tensors, c10::Device(machine.device));
  OptimizerFacts optimizer_facts{facts, tensors.parameters};
  parts.optimizer = host.make<Optimizer>(experiment.spec(Optimizer::kind).table, optimizer_facts);
  for (const config::PluginSpec& spec : experiment.specs.at(Averaging::kind)) {
    const AveragingFacts averaging_facts{facts, tensors, spec.name};
    parts.averaging.push_back({spec.name, host.make<Averaging>(spec.table, averaging_facts)});
  }
  parts.train_stages = stages.train.batches;
  parts.evaluate_stages = stages.evaluate.batches;

  const int size = static_cast<int>(facts.image_size);
  const int evaluate_size =
      experiment.evaluate.image_size > 0 ? static_cast<int>(experiment.evaluate.image_size) : size;
  const auto quarantine = std::make_shared<data::Quarantine>(data.dataset, experiment.data.max_bad,
                                                             std::move(wishes.tell), wishes.known);
  auto setup = [&](Split split, const Stages& of) {
    return loader_setup(experiment, data, machine, split, of, quarantine);
  };
  auto train_setup = setup(Split::train, stages.train);
  train_setup.plan = data::epoch_plan(facts, size, 0, wishes.steps);
  assembly.train = std::make_unique<data::Loader>(std::move(train_setup));

  auto evaluate_setup = setup(Split::evaluate, stages.evaluate);
  evaluate_setup.plan =
      data::sequential_plan(info.evaluate_images, data.evaluate_batch, evaluate_size);
  assembly.evaluate = std::make_unique<data::Loader>(std::move(evaluate_setup));

  auto estimate_setup = setup(Split::train, stages.train);
  estimate_setup.plan =
      data::estimate_plan(facts, data.micro_batch, experiment.evaluate.bn_samples, size);
  assembly.estimate = std::make_unique<data::Loader>(std::move(estimate_setup));

  parts.train = assembly.train.get();
  parts.evaluate = assembly.evaluate.get();
  parts.estimate = assembly.estimate.get();

  train::TrainSettings& settings = assembly.settings;
  settings.facts = facts;
  settings.precision = machine.precision;
  settings.clip = experiment.run.clip;
  settings.log_every = experiment.run.log_every;
  settings.best_by = best_by(experiment.checkpoint.metric);
  settings.device = machine.device;
  const RunLength& length = facts.length;
  settings.evaluate_every =
      std::max<std::int64_t>(1, experiment.evaluate.every.steps(length) /
                                    std::max<std::int64_t>(1, length.steps_per_epoch));
  assembly.data = std::move(data);
  return assembly;
}

std::vector<record::NamedLogger> build_loggers(const config::Experiment& experiment,
                                               host::Host& host, const LoggerFacts& facts) {
  std::vector<record::NamedLogger> loggers;
  for (const config::PluginSpec& spec : experiment.specs.at(Logger::kind)) {
    LoggerFacts own = facts;
    own.logger_name = spec.name;
    loggers.push_back({spec.name, host.make<Logger>(spec.table, own)});
  }
  return loggers;
}

}  // namespace r50::assemble
