#include "r50/optimizer.h"

#include <ATen/core/grad_mode.h>
#include <absl/strings/str_format.h>

#include "contract/small_tensors.h"
#include "contract/state.h"
#include "contract/subject.h"

namespace r50::contract {

namespace {

// A little training: the loss is half the sum of the squares, so each weight is its own gradient.
class Training final : public Gradients {
 public:
  Training(const Subject& subject, const Value& table, const NamedTensors& start)
      : parameters_(copy(start)) {
    OptimizerFacts facts{small_run(), parameters_};
    optimizer_ = subject.make<Optimizer>(facts, table);
  }
  explicit Training(const Subject& subject)
      : Training(subject, subject.table(), some_model().parameters) {}

  void steps(std::int64_t count) {
    const at::NoGradGuard no_grad;
    for (; count > 0; --count, ++done_) {
      again();
      asked_again_ = 0;
      optimizer_.call([&](Optimizer& it) { it.step({.lr = 0.01}, *this); });
      const bool announced = optimizer_.call([&](auto& it) { return it.wants_again(done_); });
      expect(announced == (asked_again_ > 0),
             absl::StrFormat("step %d asks for gradients again %d times; wants_again() said %s",
                             done_, asked_again_, announced ? "yes" : "no"));
    }
  }

  double again() override {
    ++asked_again_;
    double loss = 0;
    for (auto& [name, tensor] : parameters_) {
      tensor.mutable_grad() = tensor.detach().clone();
      loss += tensor.detach().square().sum().item<double>() / 2;
    }
    return loss;
  }

  double loss() { return again(); }
  const NamedTensors& parameters() const { return parameters_; }
  const Held<Optimizer>& optimizer() const { return optimizer_; }
  void done(std::int64_t steps) { done_ = steps; }

 private:
  NamedTensors parameters_;
  Held<Optimizer> optimizer_;
  std::int64_t done_ = 0;
  int asked_again_ = 0;
};

void check_continuation(const Subject& subject) {
  for (const std::int64_t cut : {0, 1, 4}) {
    Training straight(subject);
    if (!resumable(straight.optimizer())) throw Skipped{"it says that it cannot be continued"};
    straight.steps(cut);
    const Archive state = saved(straight.optimizer());
    Training continued(subject, subject.table(), straight.parameters());
    load(continued.optimizer(), state);
    continued.done(cut);
    const auto again = difference(state, saved(continued.optimizer()));
    expect(!again, "saved, loaded and saved again, the state differs in " + again.value_or(""));
    straight.steps(4);
    continued.steps(4);
    const std::string differs = first_difference(straight.parameters(), continued.parameters());
    expect(differs.empty(),
           absl::StrFormat("saved after %d steps and resumed, it continues differently in %s", cut,
                           differs));
  }
}

void check_other_optimizers(const Subject& subject) {
  Training before(subject);
  if (!resumable(before.optimizer())) throw Skipped{"it says that it cannot be continued"};
  before.steps(3);
  const Archive state = saved(before.optimizer());
  for (const Value& other : subject.other_configurations()) {
    try {
      Training after(subject, other, before.parameters());
      load(after.optimizer(), state);
      after.done(3);
      after.steps(3);
      expect(finite(after.parameters()), "the weights are no longer finite");
    } catch (const std::exception& error) {
      throw Broken{"under " + changed_key(subject, other) + ": " + error.what()};
    }
  }
}

// Other parts of a run hold handles of the parameters, so they must be changed in place.
void check_in_place(const Subject& subject) {
  Training training(subject);
  std::vector<const void*> before;
  for (const auto& named : training.parameters()) before.push_back(named.tensor.const_data_ptr());
  training.steps(2);
  for (std::size_t i = 0; i < before.size(); ++i) {
    expect(training.parameters()[i].tensor.const_data_ptr() == before[i],
           training.parameters()[i].name + " has moved to other memory");
  }
}

}  // namespace

void check_optimizer(Subject& subject) {
  Report& report = subject.report();
  report.check("it goes downhill", [&] {
    Training training(subject);
    const double before = training.loss();
    training.steps(20);
    expect(finite(training.parameters()), "the weights are no longer finite");
    expect(training.loss() < before,
           absl::StrFormat("after 20 steps, the loss has gone from %f to %f", before,
                           training.loss()));
  });
  report.check("it changes the parameters in place", [&] { check_in_place(subject); });
  report.check("the same steps give the same weights", [&] {
    Training a(subject), b(subject);
    a.steps(6);
    b.steps(6);
    const std::string differs = first_difference(a.parameters(), b.parameters());
    expect(differs.empty(), "two equal trainings differ in " + differs);
  });
  report.check("evaluating in between changes no weight for training", [&] {
    Training training(subject);
    training.steps(3);
    const NamedTensors before = copy(training.parameters());
    const at::NoGradGuard no_grad;
    training.optimizer().call([](Optimizer& it) {
      it.weights_for(Optimizer::Phase::evaluate);
      it.weights_for(Optimizer::Phase::train);
    });
    for (std::size_t i = 0; i < before.size(); ++i) {
      const auto& now = training.parameters()[i];
      expect(now.tensor.detach().allclose(before[i].tensor.detach(), 1e-5, 1e-6),
             "there and back, " + now.name + " has changed");
    }
  });
  report.check("its momentum is one", [&] {
    const double momentum =
        Training(subject).optimizer().call([](Optimizer& it) { return it.momentum(); });
    expect(momentum >= 0 && momentum < 1, absl::StrFormat("it is %f", momentum));
  });
  report.check("resumed from its saved state, it continues alike",
               [&] { check_continuation(subject); });
  report.check("its state loads under changed configurations",
               [&] { check_other_optimizers(subject); });
}

}  // namespace r50::contract
