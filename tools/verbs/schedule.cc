#include <algorithm>
#include <cstdio>
#include <iostream>

#include "data/epoch_plan.h"
#include "r50/optimizer.h"
#include "r50/scheduler.h"
#include "run/assembly.h"
#include "run/opened.h"
#include "verbs/verbs.h"

namespace r50::cli {
namespace {

struct Point {
  std::int64_t step = 0, epoch = 0;
  double lr = 0, momentum = 0;
  int size = 0;
};

void print_csv(const Point& point) {
  std::printf("%lld,%lld,%.17g,%.17g,%d\n", static_cast<long long>(point.step),
              static_cast<long long>(point.epoch), point.lr, point.momentum, point.size);
}

void print_row(const Point& point) {
  std::printf("%9lld  %5lld  %-12.6g  %-8.4g  %d\n", static_cast<long long>(point.step),
              static_cast<long long>(point.epoch), point.lr, point.momentum, point.size);
}

}  // namespace

int schedule(const CommandLine& line) {
  run::Opened opened =
      run::open_experiment(base::real_files(), only_file(line), line.overrides);
  const config::Experiment& experiment = opened.experiment;
  run::DataSide data = run::open_data(experiment, *opened.host);
  const RunFacts& facts = data.facts;
  const auto scheduler = opened.host->make<Scheduler>(experiment.scheduler.table, facts);
  // Without parameters: asked for nothing but its momentum.
  const auto optimizer =
      opened.host->make<Optimizer>(experiment.optimizer.table, OptimizerFacts{facts, {}});
  const double momentum =
      optimizer.call([](const Optimizer& held) { return held.momentum(); });
  const auto plan = data::epoch_plan(facts, static_cast<int>(facts.image_size));
  if (!scheduler.call([](const Scheduler& held) { return held.predictable(); })) {
    std::cerr << scheduler.label() + " decides by results that only training gives; these are its "
                                     "rates if nothing were ever observed\n";
  }

  const std::int64_t total = facts.length.steps();
  const std::int64_t stride = line.csv ? 1 : std::max<std::int64_t>(1, total / 40);
  if (line.csv) {
    std::puts("step,epoch,lr,momentum,size");
  } else {
    std::printf("%lld steps: %lld epochs of %lld steps of %lld images\n\n",
                static_cast<long long>(total), static_cast<long long>(facts.length.epochs),
                static_cast<long long>(facts.length.steps_per_epoch),
                static_cast<long long>(facts.batch));
    std::printf("%9s  %5s  %-12s  %-8s  %s\n", "step", "epoch", "lr", "momentum", "size");
  }
  data::PlannedBatch planned;
  for (std::int64_t step = 0; step < total; ++step) {
    if (step % stride != 0 && step != total - 1) continue;
    const Progress progress{step, facts.length};
    const Rates rates =
        scheduler.call([&](const Scheduler& held) { return held.rates(progress); });
    plan->plan(progress.epoch(), progress.step_in_epoch() * facts.accumulate, planned);
    const Point point{step, progress.epoch(), rates.lr, rates.momentum.value_or(momentum),
                      planned.image_size};
    line.csv ? print_csv(point) : print_row(point);
  }
  return 0;
}

}  // namespace r50::cli
