// What asking a policy costs a step, beyond the arithmetic it does: the call as the trainer makes
// it, through the guard that names a failing plugin. Plugins come from their files, as users get
// them.

#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/randn.h>
#include <benchmark/benchmark.h>
#include <c10/core/GradMode.h>

#include <string>
#include <vector>

#include "config/toml_source.h"
#include "plugin/host.h"
#include "r50/averaging.h"
#include "r50/scheduler.h"

namespace r50 {
namespace {

constexpr RunLength length{.epochs = 120, .steps_per_epoch = 5004};

template <class Interface>
Held<Interface> built(const std::string& text, const typename Interface::Facts& facts) {
  static host::Host host{host::SearchPath({R50_BUILT_PLUGINS})};
  Problems problems;
  const auto table = config::parse_toml(text, "benchmark", problems);
  if (!problems.empty()) throw WrongInput(problems.report());
  return host.make<Interface>(*table, facts);
}

RunFacts facts() {
  RunFacts facts;
  facts.length = length;
  facts.batch = 256;
  return facts;
}

// One small weight, so that what surrounds the arithmetic is not lost in it.
ModelTensors small_model() { return {.parameters = {{"weight", at::randn({8})}}, .buffers = {}}; }

void ask_rates(benchmark::State& state, const std::string& table) {
  const auto scheduler = built<Scheduler>(table, facts());
  Progress progress{.step = 0, .length = length};
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        scheduler.call([&](Scheduler& asked) { return asked.rates(progress); }));
    progress.step = (progress.step + 997) % length.steps();  // all parts of the schedule
  }
}

void tell_averaging(benchmark::State& state, const std::string& table, std::int64_t first) {
  const at::NoGradGuard no_gradient;
  const auto averaging = built<Averaging>(table, {facts(), small_model(), "average"});
  Progress done{.step = first, .length = length};
  for (auto _ : state) {
    averaging.call([&](Averaging& told) { told.after_step(done); });
  }
}

// The arithmetic of the updating EMA alone.
void arithmetic(benchmark::State& state) {
  const at::NoGradGuard no_gradient;
  const std::vector<at::Tensor> average{at::randn({8})};
  const std::vector<at::Tensor> weights{at::randn({8})};
  for (auto _ : state) at::_foreach_lerp_(average, weights, 1e-4);
}

BENCHMARK_CAPTURE(ask_rates, constant, "use = 'constant'\nlr = 0.1");
BENCHMARK_CAPTURE(ask_rates, cosine, "use = 'cosine'\nlr = 0.1\nwarmup = '5 epochs'");
BENCHMARK_CAPTURE(ask_rates, one_cycle, "use = 'one_cycle'\nmax_lr = 0.1");
BENCHMARK_CAPTURE(ask_rates, sequence_of_cosine_and_constant,
                  "use = 'sequence'\nmilestones = ['100 epochs']\n"
                  "[[parts]]\nuse = 'cosine'\nlr = 0.1\nwarmup = '5 epochs'\n"
                  "[[parts]]\nuse = 'constant'\nlr = 0.002");
BENCHMARK_CAPTURE(tell_averaging, ema_updating, "use = 'ema'\ndecay = 0.9999", 1);
BENCHMARK_CAPTURE(tell_averaging, ema_warming_up, "use = 'ema'\nwarmup = true", 1);
BENCHMARK_CAPTURE(tell_averaging, ema_not_due, "use = 'ema'\nevery = 32", 1);
BENCHMARK_CAPTURE(tell_averaging, swa_not_due, "use = 'swa'\nstart = '100 epochs'", 1);
BENCHMARK(arithmetic)->Name("arithmetic_of_ema_updating");

}  // namespace
}  // namespace r50

BENCHMARK_MAIN();
