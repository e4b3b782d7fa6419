#include "probe/try_out.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/process.h"
#include "train/forward.h"
#include "train/summary.h"

namespace r50::probe {
namespace {

constexpr std::int64_t warm_up = 2;

// Lets the trainer take some steps and keeps the time.
class Stopwatch final : public train::RunSide {
 public:
  Stopwatch(const data::Loader& loader, std::int64_t steps, double seconds)
      : loader_(loader), steps_(steps), seconds_(seconds) {}

  bool at_boundary(const Progress& done, bool) override {
    const double now = base::real_clock().seconds();
    if (done.step == warm_up) {
      start_ = now;
      waited_ = loader_.waited_seconds();
    }
    taken = done.step - warm_up;
    spent = now - start_;
    wait = loader_.waited_seconds() - waited_;
    return taken >= steps_ || (taken > 0 && spent >= seconds_);
  }
  void happened(const Event&) override {}
  bool hurry() override { return true; }  // a short epoch's evaluation is not what we measure here
  void best(const WeightSet&, const EvaluationEvent&) override {}
  void live(const StepEvent&) override {}
  double data_wait_seconds() override { return loader_.waited_seconds(); }

  std::int64_t taken = 0;
  double spent = 0;
  double wait = 0;

 private:
  const data::Loader& loader_;
  std::int64_t steps_;
  double seconds_;
  double start_ = 0;
  double waited_ = 0;
};

double images_evaluated_per_second(assemble::Assembly& assembly) {
  const at::NoGradGuard no_grad;
  const train::TrainSettings& settings = assembly.settings;
  const c10::Device device(settings.device);
  const Held<Model>& model = assembly.parts.model;
  model.call([](Model& held) { held.set_training(false); });
  Tap tap;
  MicroBatch micro_batch;
  assembly.evaluate->seek(0, 0);
  std::int64_t images = 0;
  double start = base::real_clock().seconds();
  for (int i = 0; i < 8 && assembly.evaluate->next(micro_batch); ++i) {
    const train::Autocast autocast(settings.precision, device);
    const at::Tensor input = micro_batch.images.to(device).to(at::kFloat).div_(255);
    model.call([&](Model& held) { return held.forward(input, tap); });
    if (i == 0) {  // the first one pays for set-up
      start = base::real_clock().seconds();
    } else {
      images += micro_batch.size();
    }
  }
  model.call([](Model& held) { held.set_training(true); });
  const double spent = base::real_clock().seconds() - start;
  return images > 0 && spent > 0 ? static_cast<double>(images) / spent : 0;
}

std::int64_t bytes_of(const Archive& archive) {
  std::int64_t bytes = 0;
  for (const auto& [key, item] : archive.items()) {
    if (const auto* tensor = std::get_if<at::Tensor>(&item)) {
      bytes += static_cast<std::int64_t>(tensor->nbytes());
    } else if (const auto* child = std::get_if<std::unique_ptr<Archive>>(&item)) {
      bytes += bytes_of(**child);
    }
  }
  return bytes;
}

}  // namespace

TryOut try_out(assemble::Assembly& assembly, std::int64_t steps, double seconds) {
  const RunFacts& facts = assembly.settings.facts;
  TryOut trial;
  const train::ModelSummary summary =
      train::summarize(assembly.parts.model, facts.channels, facts.image_size,
                       train::number_type(assembly.settings.precision));
  trial.parameters = summary.parameters;
  trial.gmac = summary.gmac();
  trial.fast_step = summary.fast_step();
  Stopwatch watch(*assembly.train, steps, seconds);
  train::Trainer trainer(assembly.parts, assembly.settings, train::single_world(), watch);
  trainer.run();
  trial.steps = watch.taken;
  if (watch.taken > 0 && watch.spent > 0) {
    trial.images_per_second = static_cast<double>(watch.taken * facts.batch) / watch.spent;
    trial.data_wait = watch.wait / watch.spent;
  }
  trial.evaluated_per_second = images_evaluated_per_second(assembly);
  trial.peak_memory = base::peak_memory();
  Archive archive;
  trainer.save(archive);
  trial.checkpoint_bytes = bytes_of(archive);
  trial.best_bytes = bytes_of(std::as_const(archive).child("model"));

  if (trial.images_per_second > 0) {
    const double train_seconds =
        static_cast<double>(facts.length.steps_per_epoch * facts.batch) / trial.images_per_second;
    const double sets = 1 + static_cast<double>(assembly.parts.averaging.size());
    const double images = static_cast<double>(
        assembly.data.dataset.call([](auto& dataset) { return dataset.info().evaluate_images; }));
    const double evaluation =
        trial.evaluated_per_second > 0 ? sets * images / trial.evaluated_per_second : 0;
    const auto epochs = static_cast<double>(facts.length.epochs);
    const double evaluations =
        std::max(1.0, epochs / static_cast<double>(assembly.settings.evaluate_every));
    trial.epoch_seconds = train_seconds + evaluation;
    trial.run_seconds = epochs * train_seconds + evaluations * evaluation;
  }
  return trial;
}

}  // namespace r50::probe
