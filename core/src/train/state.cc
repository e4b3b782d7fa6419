#include <ATen/core/grad_mode.h>
#include <absl/strings/str_format.h>

#include <algorithm>

#include "train/gradients.h"
#include "train/model_weights.h"
#include "train/trainer_impl.h"

namespace r50::train {

void Trainer::Impl::save(Archive& archive) {
  // What looks like a checkpoint must be fit to resume from.
  meters.read();
  std::vector<at::Tensor> weights;
  for (const auto& [name, tensor] : state_order(tensors)) weights.push_back(tensor);
  if (!all_finite(weights)) throw Diverged(step, meters.last_loss(), meters.last_lr());

  save_weights(tensors, archive.child("model"));
  parts.optimizer.call([&](Optimizer& held) { held.save(archive.child("optimizer")); });
  parts.scheduler.call([&](Scheduler& held) { held.save(archive.child("scheduler")); });
  Archive& averaging = archive.child("averaging");
  for (const NamedAveraging& named : parts.averaging) {
    named.averaging.call([&](Averaging& held) { held.save(averaging.child(named.name)); });
  }
  if (stepper.scaler()) stepper.scaler()->save(archive.child("scaler"));
  Archive& position = archive.child("progress");
  position.put("step", step);
  position.put("epochs", epochs);
  position.put("steps_per_epoch", settings.facts.length.steps_per_epoch);
  meters.save(archive.child("meters"));
  best.save(archive.child("best"));
}

std::vector<std::string> Trainer::Impl::load(const Archive& archive) {
  const at::NoGradGuard no_grad;
  std::vector<std::string> remarks;
  load_position(archive.child("progress"));
  load_weights(tensors, archive.child("model"));
  parts.optimizer.call([&](Optimizer& held) { held.load(archive.child("optimizer")); });
  parts.scheduler.call([&](Scheduler& held) { held.load(archive.child("scheduler")); });
  load_averaging(archive.child("averaging"), remarks);
  if (stepper.scaler()) {
    if (archive.has("scaler")) {
      stepper.scaler()->load(archive.child("scaler"));
    } else {
      remarks.push_back("The checkpoint was not trained in fp16: the loss scale starts afresh.");
    }
  }
  meters.load(archive.child("meters"));
  if (!best.load(archive.child("best"))) {
    remarks.push_back(
        absl::StrFormat("The best so far was chosen by %s, which is no longer [checkpoint] metric: "
                        "it is chosen afresh from here.",
                        archive.child("best").text("metric")));
  }
  return remarks;
}

// Positions are counted in steps. If an epoch now has another number of them, only the end of an
// epoch means the same.
void Trainer::Impl::load_position(const Archive& archive) {
  const std::int64_t saved_length = archive.integer("steps_per_epoch");
  const std::int64_t length = settings.facts.length.steps_per_epoch;
  const std::int64_t saved_step = archive.integer("step");
  const std::int64_t saved_epochs = archive.integer("epochs");
  if (saved_length != length && (saved_length < 1 || saved_step % saved_length != 0)) {
    throw WrongInput(absl::StrFormat(
        "The checkpoint stands in the middle of epoch %d, of %d steps; an epoch now has %d. "
        "Continue from a checkpoint at the end of an epoch, or keep [run] batch and the data as "
        "they were.",
        saved_epochs + 1, saved_length, length));
  }
  epochs = saved_epochs;
  step = saved_length == length ? saved_step : saved_step / saved_length * length;
}

void Trainer::Impl::load_averaging(const Archive& archive, std::vector<std::string>& remarks) {
  for (const NamedAveraging& named : parts.averaging) {
    if (archive.has(named.name)) {
      named.averaging.call([&](Averaging& held) { held.load(archive.child(named.name)); });
    } else if (step > 0) {
      remarks.push_back(absl::StrFormat(
          "The checkpoint has no averaging '%s': it starts afresh from here.", named.name));
    }
  }
  for (const auto& [name, item] : archive.items()) {
    const auto same_name = [&](const NamedAveraging& named) { return named.name == name; };
    if (std::none_of(parts.averaging.begin(), parts.averaging.end(), same_name)) {
      remarks.push_back(absl::StrFormat(
          "The averaging '%s' of the checkpoint is not in the experiment and is dropped.", name));
    }
  }
}

}  // namespace r50::train
