#include "r50/scheduler.h"

#include <absl/strings/str_format.h>
#include <cmath>
#include <vector>

#include "contract/state.h"
#include "contract/subject.h"

namespace r50::contract {

namespace {

bool same(const Rates& a, const Rates& b) { return a.lr == b.lr && a.momentum == b.momentum; }

Rates rates_at(const Held<Scheduler>& scheduler, std::int64_t step, const RunLength& length) {
  return scheduler.call(
      [&](const Scheduler& it) { return it.rates({.step = step, .length = length}); });
}

std::vector<Rates> all_rates(const Held<Scheduler>& scheduler, const RunLength& length) {
  std::vector<Rates> all;
  for (std::int64_t step = 0; step < length.steps(); ++step) {
    all.push_back(rates_at(scheduler, step, length));
  }
  return all;
}

void expect_usable(const Held<Scheduler>& scheduler, const RunLength& length) {
  for (std::int64_t step = 0; step < length.steps(); ++step) {
    const Rates rates = rates_at(scheduler, step, length);
    const std::string where = absl::StrFormat(" in step %d of a run of %d", step, length.steps());
    expect(std::isfinite(rates.lr) && rates.lr >= 0,
           absl::StrFormat("lr is %f%s", rates.lr, where));
    if (rates.momentum) {
      expect(*rates.momentum >= 0 && *rates.momentum < 1,
             absl::StrFormat("momentum is %f%s", *rates.momentum, where));
    }
  }
}

void expect_same(const std::vector<Rates>& a, const std::vector<Rates>& b,
                 const std::string& what) {
  for (std::size_t step = 0; step < a.size(); ++step) {
    expect(same(a[step], b[step]), absl::StrFormat("%s: the rate of step %d is %f and then %f",
                                                   what, step, a[step].lr, b[step].lr));
  }
}

void observe_epochs(const Held<Scheduler>& scheduler, std::int64_t from, std::int64_t to) {
  for (std::int64_t epoch = from; epoch <= to; ++epoch) {
    EpochResult result;
    result.epoch = epoch;
    result.train_loss = 2;  // no progress: what a plateau waits for
    result.sets = {{.set = "plain", .loss = 2, .top1 = 30, .top5 = 60, .images = 100}};
    scheduler.call([&](Scheduler& it) { it.observe(result); });
  }
}

// A run may be too short for a configuration; its rules then say so, and that is an answer.
void check_short_runs(const Subject& subject) {
  for (const RunLength& length : {RunLength{1, 1}, RunLength{1, 7}, RunLength{3, 1}}) {
    RunFacts facts = small_run();
    facts.length = length;
    try {
      expect_usable(subject.make<Scheduler>(facts), length);
    } catch (const WrongInput&) {
      continue;
    }
  }
}

void check_state(const Subject& subject) {
  const RunFacts facts = small_run();
  const auto scheduler = subject.make<Scheduler>(facts);
  if (!resumable(scheduler)) throw Skipped{"it says that it cannot be continued"};
  observe_epochs(scheduler, 1, 6);
  const Archive state = saved(scheduler);
  const auto continued = subject.make<Scheduler>(facts);
  load(continued, state);
  const auto differs = difference(state, saved(continued));
  expect(!differs, "saved, loaded and saved again, the state differs in " + differs.value_or(""));
  observe_epochs(scheduler, 7, 12);
  observe_epochs(continued, 7, 12);
  expect_same(all_rates(scheduler, facts.length), all_rates(continued, facts.length),
              "resumed from its saved state, it continues differently");
}

void check_other_schedules(const Subject& subject) {
  const RunFacts facts = small_run();
  const auto scheduler = subject.make<Scheduler>(facts);
  if (!resumable(scheduler)) throw Skipped{"it says that it cannot be continued"};
  observe_epochs(scheduler, 1, 6);
  const Archive state = saved(scheduler);
  for (const Value& other : subject.other_configurations()) {
    try {
      const auto changed = subject.make<Scheduler>(facts, other);
      load(changed, state);
      expect_usable(changed, facts.length);
    } catch (const std::exception& error) {
      throw Broken{"under " + changed_key(subject, other) + ": " + error.what()};
    }
  }
}

}  // namespace

void check_scheduler(Subject& subject) {
  const RunFacts facts = small_run();
  Report& report = subject.report();
  report.check("every rate of a run is finite and not negative",
               [&] { expect_usable(subject.make<Scheduler>(facts), facts.length); });
  report.check("so it is in the shortest runs", [&] { check_short_runs(subject); });
  report.check("rates may be asked in any order, and twice", [&] {
    const auto scheduler = subject.make<Scheduler>(facts);
    const std::vector<Rates> forward = all_rates(scheduler, facts.length);
    for (std::int64_t step = facts.length.steps() - 1; step >= 0; --step) {
      expect(same(rates_at(scheduler, step, facts.length), forward[static_cast<std::size_t>(step)]),
             absl::StrFormat("asked again, step %d has another rate", step));
    }
  });
  report.check("the same seed gives the same rates", [&] {
    expect_same(all_rates(subject.make<Scheduler>(facts), facts.length),
                all_rates(subject.make<Scheduler>(facts), facts.length), "built twice");
  });
  report.check("if predictable, results change no rate", [&] {
    const auto scheduler = subject.make<Scheduler>(facts);
    if (!scheduler.call([](const Scheduler& it) { return it.predictable(); })) {
      throw Skipped{"it says that its rates depend on results"};
    }
    const std::vector<Rates> before = all_rates(scheduler, facts.length);
    observe_epochs(scheduler, 1, 12);
    expect_same(before, all_rates(scheduler, facts.length), "after epochs without progress");
  });
  report.check("resumed from its saved state, it continues alike", [&] { check_state(subject); });
  report.check("its state loads under changed configurations",
               [&] { check_other_schedules(subject); });
}

}  // namespace r50::contract
