#include "r50/loss.h"

#include <ATen/ops/zeros.h>
#include <absl/strings/str_format.h>

#include "contract/small_tensors.h"
#include "contract/state.h"
#include "contract/subject.h"

namespace r50::contract {

namespace {

constexpr std::int64_t classes = 4;

at::Tensor value(const Held<Loss>& loss, const at::Tensor& logits, const at::Tensor& targets) {
  return loss.call([&](Loss& it) { return it.value(logits, targets); });
}

at::Tensor soft(const at::Tensor& targets) {
  return at::zeros({targets.size(0), classes}, at::kFloat).scatter_(1, targets.unsqueeze(1), 1.0);
}

void expect_a_number(const at::Tensor& loss) {
  expect(loss.defined() && loss.dim() == 0, "it is not one number");
  expect(loss.is_floating_point() && finite(loss), "it is not finite");
}

}  // namespace

void check_loss(Subject& subject) {
  const RunFacts facts = small_run();
  const at::Tensor logits = some_tensor({6, classes}, 11, -3, 3);
  const at::Tensor targets = some_targets(6, classes);
  Report& report = subject.report();
  report.check("it is one finite number, whatever the targets' form", [&] {
    const auto loss = subject.make<Loss>(facts);
    expect_a_number(value(loss, logits, targets));
    expect_a_number(value(loss, logits, soft(targets)));
    expect_a_number(value(loss, logits.narrow(0, 0, 1), targets.narrow(0, 0, 1)));
  });
  report.check("it stays finite for very sure logits", [&] {
    expect_a_number(value(subject.make<Loss>(facts), logits.mul(1e4), targets));
  });
  report.check("a class and its one-hot row are the same target", [&] {
    const auto loss = subject.make<Loss>(facts);
    const at::Tensor hard = value(loss, logits, targets),
                     one_hot = value(loss, logits, soft(targets));
    expect(
        hard.allclose(one_hot, 1e-5, 1e-6),
        absl::StrFormat("the losses are %f and %f", hard.item<double>(), one_hot.item<double>()));
  });
  report.check("it has a gradient in the logits", [&] {
    for (const at::Tensor& form : {targets, soft(targets)}) {
      at::Tensor input = logits.detach().clone().set_requires_grad(true);
      value(subject.make<Loss>(facts), input, form).backward();
      expect(input.grad().defined() && finite(input.grad()), "it is missing or not finite");
      expect(input.grad().abs().sum().item<double>() > 0, "it is zero everywhere");
    }
  });
  report.check("it leaves logits and targets as they are", [&] {
    const at::Tensor logits_before = logits.clone(), targets_before = soft(targets);
    at::Tensor given = targets_before.clone();
    value(subject.make<Loss>(facts), logits, given);
    expect(logits.equal(logits_before) && given.equal(targets_before), "it has changed them");
  });
  report.check("it has no state", [&] {
    const auto loss = subject.make<Loss>(facts);
    const at::Tensor first = value(loss, logits, targets);
    value(loss, logits.mul(2), targets);
    expect(first.equal(value(loss, logits, targets)), "asked again, it gives another value");
    expect(first.equal(value(subject.make<Loss>(facts), logits, targets)),
           "built twice, it differs");
    expect(saved(loss).empty(), "it saves something");
  });
}

}  // namespace r50::contract
