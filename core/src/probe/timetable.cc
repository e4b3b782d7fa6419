#include "probe/timetable.h"

#include "assemble/assembly.h"
#include "data/plan.h"
#include "r50/optimizer.h"
#include "r50/scheduler.h"

namespace r50::probe {

Timetable timetable(assemble::Opened& opened) {
  return timetable(opened, assemble::open_data(opened.experiment, *opened.host).facts);
}

Timetable timetable(assemble::Opened& opened, const RunFacts& facts) {
  const config::Experiment& experiment = opened.experiment;
  const auto scheduler =
      opened.host->make<Scheduler>(experiment.spec(Scheduler::kind).table, facts);
  // Without parameters: asked for nothing but its momentum.
  const auto optimizer = opened.host->make<Optimizer>(experiment.spec(Optimizer::kind).table,
                                                      OptimizerFacts{facts, {}});
  const double momentum = optimizer.call([](const Optimizer& held) { return held.momentum(); });
  const auto plan = data::epoch_plan(facts, static_cast<int>(facts.image_size));

  Timetable table;
  table.length = facts.length;
  table.batch = facts.batch;
  table.predictable = scheduler.call([](const Scheduler& held) { return held.predictable(); });
  table.row = [=](std::int64_t step) {
    const Progress progress{step, facts.length};
    const Rates rates = scheduler.call([&](const Scheduler& held) { return held.rates(progress); });
    data::PlannedMicroBatch planned;
    plan->plan(progress.epoch(), progress.step_in_epoch() * facts.accumulate, planned);
    return TimetableRow{step, progress.epoch(), rates.lr, rates.momentum.value_or(momentum),
                        planned.image_size};
  };
  return table;
}

}  // namespace r50::probe
