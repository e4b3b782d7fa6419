#include "r50/model.h"

#include <ATen/Context.h>
#include <ATen/core/grad_mode.h>
#include <absl/strings/str_format.h>

#include <mutex>
#include <set>

#include "contract/small_tensors.h"
#include "contract/state.h"
#include "contract/subject.h"

namespace r50::contract {

namespace {

// Counts the layers a forward pass goes through, and hears their names.
class Names final : public Tap {
 public:
  at::Tensor operator()(std::string_view name, Layer& layer, const at::Tensor& x,
                        const at::Tensor& residual) override {
    expect(names_.insert(std::string(name)).second,
           "two layers are called '" + std::string(name) + "'");
    return layer.forward(x, residual);
  }
  std::size_t count() const { return names_.size(); }

 private:
  std::set<std::string> names_;
};

// As a run does it: initial weights are drawn from torch's generator, seeded by the run.
Held<Model> build(const Subject& subject, const Value& table, std::uint64_t seed = 7) {
  at::Generator generator = at::globalContext().defaultGenerator(at::kCPU);
  {
    const std::lock_guard lock(generator.mutex());
    generator.set_current_seed(random_seed({.seed = seed, .stream = Stream::initial_weights}));
  }
  return subject.make<Model>(small_run(seed), table);
}

at::Tensor logits(const Held<Model>& model, const at::Tensor& images) {
  Tap tap;
  return model.call([&](Model& it) { return it.forward(images, tap); });
}

ModelTensors tensors(const Held<Model>& model) {
  return model.call([](Model& it) { return it.tensors(); });
}

void set_training(const Held<Model>& model, bool training) {
  model.call([&](Model& it) { it.set_training(training); });
}

at::Tensor images(std::int64_t n) { return some_tensor({n, 3, 32, 32}, 21); }

void check_tensors(const Held<Model>& model) {
  const ModelTensors all = tensors(model);
  expect(!all.parameters.empty(), "it has no parameters");
  std::set<std::string> names;
  for (const NamedTensors* set : {&all.parameters, &all.buffers}) {
    for (const auto& [name, tensor] : *set) {
      expect(!name.empty() && names.insert(name).second, "the name '" + name + "' is not unique");
      expect(tensor.defined() && finite(tensor), name + " is not finite");
      expect(tensor.requires_grad() == (set == &all.parameters),
             name + (tensor.requires_grad() ? " is a buffer with" : " is a parameter without") +
                 " a gradient");
    }
  }
  for (const auto& [name, tensor] : all.parameters) {
    expect(tensor.scalar_type() == at::kFloat, name + " is not fp32, as masters must be");
  }
}

void check_shapes(const Held<Model>& model) {
  const at::NoGradGuard no_grad;
  for (const bool training : {true, false}) {
    set_training(model, training);
    const at::Tensor result = logits(model, images(4));
    expect(result.dim() == 2 && result.size(0) == 4 && result.size(1) == small_run().classes,
           absl::StrFormat("4 images in %d classes give another shape", small_run().classes));
    expect(finite(result), "they are not finite");
  }
}

void check_evaluation(const Held<Model>& model) {
  const at::NoGradGuard no_grad;
  set_training(model, false);
  const ModelTensors before = copy(tensors(model));
  const at::Tensor four = logits(model, images(4));
  expect(four.equal(logits(model, images(4))), "the same images give other logits");
  const at::Tensor one = logits(model, images(4).narrow(0, 2, 1));
  expect(one.allclose(four.narrow(0, 2, 1), 1e-3, 1e-4), "an image's logits depend on the others");
  const std::string differs = first_difference(before, tensors(model));
  expect(differs.empty(), "it has changed " + differs);
}

void check_gradients(const Held<Model>& model) {
  set_training(model, true);
  logits(model, images(4)).square().mean().backward();
  for (const auto& [name, tensor] : tensors(model).parameters) {
    expect(tensor.grad().defined(), name + " gets none: it plays no part in the logits");
    expect(finite(tensor.grad()), "that of " + name + " is not finite");
  }
}

void check_weights_decide(const Subject& subject) {
  const auto a = build(subject, subject.table(), 7), b = build(subject, subject.table(), 8);
  expect(!first_difference(tensors(a), tensors(b)).empty(),
         "another seed gives the same initial weights");
  assign(tensors(b).parameters, tensors(a).parameters);
  assign(tensors(b).buffers, tensors(a).buffers);
  if (resumable(a)) load(b, saved(a));
  const at::NoGradGuard no_grad;
  set_training(a, false);
  set_training(b, false);
  expect(logits(a, images(4)).equal(logits(b, images(4))),
         "with the weights of another, it gives other logits: tensors() are not all there is");
}

bool same_shapes(const NamedTensors& a, const NamedTensors& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].name != b[i].name || a[i].tensor.sizes() != b[i].tensor.sizes()) return false;
  }
  return true;
}

void check_other_shapes(const Subject& subject) {
  const auto model = build(subject, subject.table());
  const Archive state = saved(model);
  const at::NoGradGuard no_grad;
  for (const Value& other : subject.other_configurations()) {
    try {
      const auto changed = build(subject, other);
      if (!same_shapes(tensors(model).parameters, tensors(changed).parameters)) continue;
      load(changed, state);
      set_training(changed, false);
      expect(finite(logits(changed, images(2))), "the logits are not finite");
    } catch (const std::exception& error) {
      throw Broken{"under " + changed_key(subject, other) + ": " + error.what()};
    }
  }
}

}  // namespace

void check_model(Subject& subject) {
  Report& report = subject.report();
  const auto model = build(subject, subject.table());
  report.check("its tensors have names and are fit for training", [&] { check_tensors(model); });
  report.check("it gives a row of logits an image", [&] { check_shapes(model); });
  report.check("evaluating changes nothing and repeats itself", [&] { check_evaluation(model); });
  report.check("every parameter gets a gradient", [&] { check_gradients(model); });
  report.check("every layer is called through the tap, by a name of its own", [&] {
    Names names;
    const at::NoGradGuard no_grad;
    model.call([&](Model& it) { return it.forward(images(2), names); });
    expect(names.count() > 0, "the tap was not called");
  });
  report.check("the same seed gives the same weights", [&] {
    const std::string differs = first_difference(tensors(build(subject, subject.table())),
                                                 tensors(build(subject, subject.table())));
    expect(differs.empty(), "built twice, it differs in " + differs);
  });
  report.check("its tensors are all that its logits depend on",
               [&] { check_weights_decide(subject); });
  report.check("its state loads under changed configurations",
               [&] { check_other_shapes(subject); });
}

}  // namespace r50::contract
