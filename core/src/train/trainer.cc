#include "train/trainer.h"

#include <ATen/core/grad_mode.h>
#include <absl/strings/str_format.h>

#include <utility>

#include "train/forward.h"
#include "train/trainer_impl.h"

namespace r50::train {

RunSide::~RunSide() = default;

Outcome Trainer::Impl::run() {
  const RunFacts& facts = settings.facts;
  const std::int64_t images_each = facts.batch / (facts.accumulate * world.size());
  while (epochs < facts.length.epochs) {
    begin_epoch();
    while (!epoch_taken()) {
      const Progress now = progress();
      const Rates rates =
          parts.scheduler.call([&](Scheduler& scheduler) { return scheduler.rates(now); });
      const StepResult result = naming_memory(OutOfMemory::While::training, images_each,
                                              [&] { return stepper.take(now, rates); });
      ++step;
      const at::NoGradGuard no_grad;
      for (const NamedAveraging& named : parts.averaging) {
        named.averaging.call([&](Averaging& averaging) { averaging.after_step(progress()); });
      }
      report_step(result, rates);
      if (stop_at_boundary(false)) return Outcome::interrupted;
    }
    if (!close_epoch()) return Outcome::interrupted;
    const bool stop = stop_at_boundary(true);
    if (stop && epochs < facts.length.epochs) return Outcome::interrupted;
  }
  return Outcome::finished;
}

bool Trainer::Impl::stop_at_boundary(bool epoch_complete) {
  return world.agree(run_side.at_boundary(progress(), epoch_complete));
}

void Trainer::Impl::begin_epoch() {
  since_row.start(run_side.data_wait_seconds());
  since_epoch.start(run_side.data_wait_seconds());
  if (epoch_taken()) return;  // only its evaluation is left
  feed.seek(progress().epoch(), progress().step_in_epoch() * settings.facts.accumulate);
}

void Trainer::Impl::report_step(const StepResult& result, const Rates& rates) {
  meters.add(result, step, rates.lr);
  since_row.add(result.images);
  since_epoch.add(result.images);
  const bool row = step % settings.log_every == 0;
  // On a CPU the loss is there already, so a bad one stops the run in its own step.
  if (row || tensors.parameters.front().tensor.is_cpu()) meters.read();

  const double waited = run_side.data_wait_seconds();
  StepEvent event;
  event.step = step;
  event.epoch = epochs + 1;
  event.loss = meters.window_loss();
  event.lr = rates.lr;
  event.momentum = rates.momentum.value_or(
      parts.optimizer.call([](Optimizer& optimizer) { return optimizer.momentum(); }));
  event.size = result.size;
  event.wall = {since_row.seconds(), since_row.images_per_second(), since_row.share_waited(waited)};
  if (row) {
    if (result.grad_norm.defined()) event.grad_norm = result.grad_norm.item<double>();
    run_side.happened(event);
    meters.start_window();
    since_row.start(waited);
  }
  run_side.live(event);
}

bool Trainer::Impl::close_epoch() {
  meters.read();
  EpochResult result{.epoch = epochs + 1, .train_loss = meters.epoch_loss(), .sets = {}};
  const EpochWall wall{since_epoch.seconds(), since_epoch.images_per_second(),
                       since_epoch.share_waited(run_side.data_wait_seconds())};
  const bool last = result.epoch == settings.facts.length.epochs;
  const bool due = settings.evaluate_every > 0 && result.epoch % settings.evaluate_every == 0;
  if ((due || last) && !evaluate_epoch(result)) return false;
  run_side.happened(EpochEvent{.epoch = result.epoch,
                               .step = step,
                               .loss = result.train_loss,
                               .lr = meters.last_lr(),
                               .quarantined = meters.replaced(),
                               .wall = wall});
  parts.scheduler.call([&](Scheduler& scheduler) { scheduler.observe(result); });
  meters.start_epoch();
  epochs = result.epoch;
  return true;
}

// Nothing is reported until all sets are done, so that an evaluation that is given up leaves no
// trace.
bool Trainer::Impl::evaluate_epoch(EpochResult& result) {
  const auto evaluated = evaluator.evaluate(weight_sets(), step * settings.facts.accumulate - 1);
  if (!evaluated) return false;
  const EvaluatedSet* best_set = nullptr;
  EvaluationEvent best_event;
  for (const EvaluatedSet& one : *evaluated) {
    EvaluationEvent event{.epoch = result.epoch,
                          .step = step,
                          .set = one.result.set,
                          .loss = one.result.loss,
                          .top1 = one.result.top1,
                          .top5 = one.result.top5,
                          .images = one.result.images,
                          .best = false,
                          .wall_seconds = one.seconds};
    event.best = best.offer(event);
    if (event.best) {
      best_set = &one;
      best_event = event;
    }
    run_side.happened(event);
    result.sets.push_back(one.result);
  }
  if (best_set) run_side.best(best_set->set, best_event);
  return true;
}

std::vector<WeightSet> Trainer::Impl::weight_sets() const {
  std::vector<WeightSet> sets{{"plain", tensors, false}};
  for (const NamedAveraging& named : parts.averaging) {
    auto set = named.averaging.call([](Averaging& averaging) { return averaging.weights(); });
    if (!set) continue;
    set->name = named.name;
    sets.push_back(std::move(*set));
  }
  return sets;
}

namespace {

const TrainSettings& checked(const TrainSettings& settings, const TrainParts& parts) {
  check_precision(settings.precision, c10::Device(settings.device));
  const RunFacts& facts = settings.facts;
  const std::int64_t needed = facts.length.steps_per_epoch * facts.accumulate;
  if (needed < 1 || parts.train->per_epoch() < needed) {
    throw Error(
        absl::StrFormat("The training data gives %d micro-batches an epoch where %d are needed.",
                        parts.train->per_epoch(), needed));
  }
  if (settings.log_every < 1) throw WrongInput("[run] log_every must be at least 1.");
  return settings;
}

}  // namespace

Trainer::Impl::Impl(TrainParts all, const TrainSettings& asked, World& ranks, RunSide& run)
    : parts(std::move(all)),
      settings(checked(asked, parts)),
      world(ranks),
      run_side(run),
      tensors(parts.model.call([](Model& model) { return model.tensors(); })),
      feed(*parts.train, parts.train_stages, PassKind::training, settings.facts.seed, world,
           c10::Device(settings.device)),
      stepper(parts, settings, world, feed),
      evaluator(parts, settings, world, run),
      best(settings.best_by) {
  parts.model.call([](Model& model) { model.set_training(true); });
}

Trainer::Trainer(TrainParts parts, const TrainSettings& settings, World& world, RunSide& run)
    : impl_(std::make_unique<Impl>(std::move(parts), settings, world, run)) {}
Trainer::~Trainer() = default;

Outcome Trainer::run() { return impl_->run(); }
void Trainer::save(Archive& archive) const { impl_->save(archive); }
std::vector<std::string> Trainer::load(const Archive& archive) { return impl_->load(archive); }
Progress Trainer::progress() const { return impl_->progress(); }
std::vector<WeightSet> Trainer::weight_sets() const { return impl_->weight_sets(); }

}  // namespace r50::train
