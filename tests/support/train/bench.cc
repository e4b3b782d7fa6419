#include <ATen/Parallel.h>

#include <cstdio>
#include <cstring>

#include "support/train/fakes.h"

namespace r50::train::test {

namespace {

std::string exact(double value) {
  char text[40];
  std::snprintf(text, sizeof text, " %.17g", value);
  return text;
}

std::string count(std::int64_t value) { return " " + std::to_string(value); }

std::string text(const StepEvent& e) {
  return "step" + count(e.step) + count(e.epoch) + exact(e.loss) + exact(e.lr) + exact(e.momentum) +
         exact(e.grad_norm) + count(e.size);
}

std::string text(const EvaluationEvent& e) {
  return "evaluation" + count(e.epoch) + count(e.step) + " " + e.set + exact(e.loss) +
         exact(e.top1) + exact(e.top5) + count(e.images) + (e.best ? " best" : "");
}

std::string text(const EpochEvent& e) {
  return "epoch" + count(e.epoch) + count(e.step) + exact(e.loss) + exact(e.lr) +
         count(e.quarantined);
}

std::string bytes(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.detach().contiguous();
  return {static_cast<const char*>(flat.const_data_ptr()), flat.nbytes()};
}
std::string bytes(std::int64_t value) { return count(value); }
std::string bytes(double value) { return {reinterpret_cast<const char*>(&value), sizeof value}; }
std::string bytes(const std::string& value) { return value; }
std::string bytes(const std::unique_ptr<Archive>& value) { return bytes_of(*value); }

}  // namespace

std::string text_of(const Event& event) {
  return std::visit([](const auto& one) { return text(one); }, event);
}

std::string bytes_of(const Archive& archive) {
  std::string all = "{";
  for (const auto& [key, item] : archive.items()) {
    all += key + "=" + std::visit([](const auto& value) { return bytes(value); }, item) + ";";
  }
  return all + "}";
}

Archive copy_of(const Archive& archive) {
  Archive copy;
  for (const auto& [key, item] : archive.items()) {
    if (const auto* child = std::get_if<std::unique_ptr<Archive>>(&item)) {
      copy.child(key) = copy_of(**child);
    } else if (const auto* tensor = std::get_if<at::Tensor>(&item)) {
      copy.put(key, tensor->detach().clone());
    } else if (const auto* integer = std::get_if<std::int64_t>(&item)) {
      copy.put(key, *integer);
    } else if (const auto* real = std::get_if<double>(&item)) {
      copy.put(key, *real);
    } else {
      copy.put(key, std::get<std::string>(item));
    }
  }
  return copy;
}

Archive saved(const Trainer& trainer) {
  Archive archive;
  trainer.save(archive);
  return copy_of(archive);
}

void Recorder::happened(const Event& event) {
  events.push_back(event);
  rows.push_back(text_of(event));
}

bool Recorder::at_boundary(const Progress&, bool epoch_complete) {
  boundary(epoch_complete);
  return boundaries++ == stop_at;
}

void Recorder::best(const WeightSet& set, const EvaluationEvent& event) {
  Archive archive;
  for (const auto& [name, tensor] : set.tensors.parameters) archive.put(name, tensor);
  for (const auto& [name, tensor] : set.tensors.buffers) archive.put(name, tensor);
  rows.push_back("best " + set.name + " " + event.set + (set.bn_stale ? " stale" : "") +
                 bytes_of(archive));
}

// Three epochs of four steps of two micro-batches of four images.
Bench::Bench(std::uint64_t seed)
    : model(std::make_shared<TinyModel>(seed)), loss(std::make_shared<CrossEntropy>()) {
  at::set_num_threads(1);  // for tensors this small, more threads only wait for each other
  const ModelTensors tensors = model->tensors();
  optimizer = std::make_shared<Momentum>(tensors.parameters);
  parts.model = held<Model>(model, "the model");
  parts.optimizer = held<Optimizer>(optimizer);
  parts.scheduler = held<Scheduler>(std::make_shared<Falling>());
  parts.loss = held<Loss>(loss);
  parts.averaging = {{"ema", held<Averaging>(std::make_shared<Moving>(tensors, 2, false))},
                     {"swa", held<Averaging>(std::make_shared<Moving>(tensors, 6, true))}};
  parts.train_stages = {
      {held<BatchStage>(std::make_shared<Noise>()), augmentation_stream("noise"), 5, 17}};
  parts.train = &train;
  parts.evaluate = &evaluate;
  parts.estimate = &estimate;
  settings.facts.seed = 5;
  settings.facts.length = {3, 4};
  settings.facts.batch = 8;
  settings.facts.accumulate = 2;
  settings.facts.classes = classes;
  settings.log_every = 3;
  settings.clip = 0.5;
}

Trainer& Bench::trainer(World& world) {
  if (!trainer_) trainer_ = std::make_unique<Trainer>(parts, settings, world, run);
  return *trainer_;
}

}  // namespace r50::train::test
