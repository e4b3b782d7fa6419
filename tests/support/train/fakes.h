#pragma once

// The smallest parts a trainer can be made of. Each has the property that a test needs: state that
// must be saved, numbers drawn while training, statistics that go stale.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "train/trainer.h"

namespace r50::train::test {

constexpr std::int64_t classes = 7;
constexpr std::int64_t pixels = 6;

// Convolution, batch norm, ReLU, dropout, mean, linear.
class TinyModel final : public Model {
 public:
  explicit TinyModel(std::uint64_t seed, double dropout = 0.2, bool norm = true);
  at::Tensor forward(const at::Tensor& images, Tap& tap) override;
  ModelTensors tensors() override { return tensors_; }
  void set_training(bool training) override { training_ = training; }
  bool training() const { return training_; }

  std::function<void()> before_forward = [] {};

 private:
  bool training_ = true;
  double dropout_;
  bool norm_;
  at::Tensor conv_, weight_, bias_, mean_, var_, count_, fc_, fc_bias_;
  ModelTensors tensors_;
};

// Writes every batch into the same memory, as the loader's ring does.
class TinySource final : public MicroBatchSource {
 public:
  // The last batch of an epoch has `last` images, if given.
  TinySource(std::int64_t batches, std::int64_t images, std::int64_t last = 0, int salt = 0);
  void seek(std::int64_t epoch, std::int64_t batch) override;
  bool next(MicroBatch& batch) override;
  std::int64_t per_epoch() const override { return batches_; }

  std::function<std::vector<std::int64_t>(std::int64_t batch)> stand_ins = [](std::int64_t) {
    return std::vector<std::int64_t>{};
  };

 private:
  std::int64_t batches_, images_, last_;
  int salt_;
  std::int64_t epoch_ = 0, batch_ = 0;
  at::Tensor memory_, targets_;
};

class Momentum final : public Optimizer {
 public:
  explicit Momentum(NamedTensors parameters);
  void step(const Rates& rates, Gradients& gradients) override;
  double momentum() const override { return 0.9; }
  void weights_for(Phase phase) override { phases.push_back(phase); }
  void save(Archive& archive) const override;
  void load(const Archive& archive) override;

  std::function<void(Gradients&)> before_step = [](Gradients&) {};
  bool again = false;
  bool wants_again(std::int64_t) const override { return again; }
  std::vector<Phase> phases;

 private:
  NamedTensors parameters_, momenta_;
};

// Its rate falls with what it observes of the epochs: a state that must be saved.
class Falling final : public Scheduler {
 public:
  Rates rates(const Progress& progress) const override;
  void observe(const EpochResult& result) override;
  bool predictable() const override { return false; }
  void save(Archive& archive) const override { archive.put("factor", factor_); }
  void load(const Archive& archive) override { factor_ = archive.real("factor"); }

 private:
  double factor_ = 1;
};

class CrossEntropy final : public Loss {
 public:
  at::Tensor value(const at::Tensor& logits, const at::Tensor& targets) const override;
  std::function<double(double)> change = [](double loss) { return loss; };
};

// A moving average of the weights. With `stale`, its statistics are of no use.
class Moving final : public Averaging {
 public:
  Moving(ModelTensors model, std::int64_t first_step, bool stale);
  void after_step(const Progress& done) override;
  std::optional<WeightSet> weights() const override;
  void save(Archive& archive) const override;
  void load(const Archive& archive) override;

 private:
  void start();
  ModelTensors model_, average_;
  std::int64_t first_step_;
  bool stale_;
};

// Adds noise drawn from its own stream.
class Noise final : public BatchStage {
 public:
  void apply(MicroBatch& batch, Random& random) const override;
};

// Remembers the events it gets, without wall times; stops or hurries where it is asked to.
class Recorder : public RunSide {
 public:
  void happened(const Event& event) override;
  bool at_boundary(const Progress& done, bool epoch_complete) override;
  bool hurry() override { return hurries++ == hurry_at; }
  void best(const WeightSet& set, const EvaluationEvent& event) override;
  void live(const StepEvent& step) override { lives.push_back(step); }
  double data_wait_seconds() override { return 0; }

  std::vector<Event> events;
  std::vector<StepEvent> lives;
  std::vector<std::string> rows;  // events and bests as text
  std::int64_t boundaries = 0, stop_at = -1;
  std::int64_t hurries = 0, hurry_at = -1;
  std::function<void(bool epoch_complete)> boundary = [](bool) {};
};

// What a test trains: the parts, and who owns them.
struct Bench {
  explicit Bench(std::uint64_t seed = 1);
  Trainer& trainer(World& world = single_world());  // built when first asked for

  TinySource train{8, 4, 0, 0}, evaluate{3, 5, 2, 1}, estimate{3, 4, 0, 2};
  std::shared_ptr<TinyModel> model;
  std::shared_ptr<Momentum> optimizer;
  std::shared_ptr<CrossEntropy> loss;
  TrainParts parts;
  TrainSettings settings;
  Recorder run;

 private:
  std::unique_ptr<Trainer> trainer_;
};

template <class T>
Held<T> held(std::shared_ptr<T> object, const std::string& label = "test") {
  return {std::move(object), label};
}

std::string text_of(const Event& event);
std::string bytes_of(const Archive& archive);  // everything in it, to the last bit
Archive copy_of(const Archive& archive);
Archive saved(const Trainer& trainer);
at::Tensor values(const std::vector<std::int64_t>& shape,
                  std::uint64_t seed);  // normal, repeatable

}  // namespace r50::train::test
