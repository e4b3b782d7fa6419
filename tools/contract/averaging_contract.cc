#include "r50/averaging.h"

#include <ATen/core/grad_mode.h>
#include <absl/strings/str_format.h>

#include "contract/small_tensors.h"
#include "contract/state.h"
#include "contract/subject.h"

namespace r50::contract {

namespace {

// A run whose weights move a little in every step, with the averaging beside it or without.
class Training {
 public:
  explicit Training(const ModelTensors& start, std::int64_t done = 0)
      : model_(copy(start)), done_(done) {}

  void add(const Subject& subject, const Value& table) {
    averaging_ = subject.make<Averaging>({small_run(), model_, "average"}, table);
  }

  void until(std::int64_t step) {
    const at::NoGradGuard no_grad;
    while (done_ < step) {
      ++done_;
      for (auto& [name, tensor] : model_.parameters) {
        tensor.mul_(0.97).add_(
            some_tensor(tensor.sizes(), 1000 + static_cast<std::uint64_t>(done_), -0.1, 0.1));
      }
      for (auto& [name, tensor] : model_.buffers) tensor.add_(1);
      if (!averaging_) continue;
      const Progress progress{.step = done_, .length = small_run().length};
      averaging_.call([&](Averaging& it) { it.after_step(progress); });
    }
  }

  std::optional<WeightSet> weights() const {
    return averaging_.call([](Averaging& it) { return it.weights(); });
  }
  const ModelTensors& model() const { return model_; }
  const Held<Averaging>& averaging() const { return averaging_; }

 private:
  ModelTensors model_;
  Held<Averaging> averaging_;
  std::int64_t done_ = 0;
};

const std::int64_t end = small_run().length.steps();

Training averaged_run(const Subject& subject, std::int64_t steps = end) {
  Training training(some_model());
  training.add(subject, subject.table());
  training.until(steps);
  return training;
}

void expect_like_the_model(const NamedTensors& average, const NamedTensors& model) {
  expect(average.size() == model.size(),
         absl::StrFormat("it has %d tensors, the model %d", average.size(), model.size()));
  for (std::size_t i = 0; i < model.size(); ++i) {
    const auto& [name, tensor] = average[i];
    expect(name == model[i].name,
           "'" + name + "' stands where the model has '" + model[i].name + "'");
    expect(tensor.sizes() == model[i].tensor.sizes() &&
               tensor.scalar_type() == model[i].tensor.scalar_type(),
           name + " has another shape or type than the model's");
    expect(tensor.const_data_ptr() != model[i].tensor.const_data_ptr(),
           name + " is the model's own memory: evaluating the average would disturb training");
    expect(finite(tensor), name + " is not finite");
  }
}

void check_continuation(const Subject& subject) {
  const Training straight = averaged_run(subject);
  if (!resumable(straight.averaging())) throw Skipped{"it says that it cannot be continued"};
  for (const std::int64_t cut : {std::int64_t{0}, std::int64_t{1}, end / 2, end - 3}) {
    Training before = averaged_run(subject, cut);
    const Archive state = saved(before.averaging());
    Training continued(before.model(), cut);
    continued.add(subject, subject.table());
    load(continued.averaging(), state);
    const auto again = difference(state, saved(continued.averaging()));
    expect(!again, "saved, loaded and saved again, the state differs in " + again.value_or(""));
    continued.until(end);
    const auto differs = difference(saved(straight.averaging()), saved(continued.averaging()));
    expect(!differs,
           absl::StrFormat("saved after %d steps and continued, its state ends differently in %s",
                           cut, differs.value_or("")));
    const auto a = straight.weights(), b = continued.weights();
    expect(a.has_value() == b.has_value(), "continued, it has no weights");
    const std::string tensor = a ? first_difference(a->tensors, b->tensors) : "";
    expect(tensor.empty(),
           absl::StrFormat("saved after %d steps and continued, its weights end differently in %s",
                           cut, tensor));
  }
}

void check_other_averages(const Subject& subject) {
  const Training before = averaged_run(subject, end - 10);
  if (!resumable(before.averaging())) throw Skipped{"it says that it cannot be continued"};
  const Archive state = saved(before.averaging());
  for (const Value& other : subject.other_configurations()) {
    try {
      Training after(before.model(), end - 10);
      after.add(subject, other);
      load(after.averaging(), state);
      after.until(end);
      if (const auto weights = after.weights()) {
        expect(finite(weights->tensors.parameters), "the weights are not finite");
      }
    } catch (const std::exception& error) {
      throw Broken{"under " + changed_key(subject, other) + ": " + error.what()};
    }
  }
}

}  // namespace

void check_averaging(Subject& subject) {
  Report& report = subject.report();
  report.check("it does not change training", [&] {
    Training alone(some_model());
    alone.until(end);
    const std::string differs = first_difference(alone.model(), averaged_run(subject).model());
    expect(differs.empty(), "beside it, training ends with another " + differs);
  });
  report.check("at the end of a run it offers weights like the model's", [&] {
    const Training training = averaged_run(subject);
    const auto weights = training.weights();
    expect(weights.has_value(), "it offers none");
    expect(weights->name == "average",
           "the set is called '" + weights->name + "' and not by the name it was given, 'average'");
    expect_like_the_model(weights->tensors.parameters, training.model().parameters);
    expect_like_the_model(weights->tensors.buffers, training.model().buffers);
  });
  report.check("asking for the weights does not change them", [&] {
    const Training training = averaged_run(subject);
    const auto first = training.weights();
    expect(first.has_value(), "it offers none");
    const ModelTensors kept = copy(first->tensors);
    expect(first_difference(kept, training.weights()->tensors).empty(),
           "the second answer differs");
  });
  report.check("the same run gives the same average", [&] {
    const auto differs = difference(saved(averaged_run(subject).averaging()),
                                    saved(averaged_run(subject).averaging()));
    expect(!differs, "two equal runs differ in " + differs.value_or(""));
  });
  report.check("resumed from its saved state, it continues alike",
               [&] { check_continuation(subject); });
  report.check("its state loads under changed configurations",
               [&] { check_other_averages(subject); });
}

}  // namespace r50::contract
