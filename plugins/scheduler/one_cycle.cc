#include <r50/random.h>
#include <r50/scheduler.h>

#include <algorithm>
#include <numbers>

namespace {

enum class Anneal { cos, linear };

struct OneCycleConfig {
  r50::Rate max_lr = {0.1, 256};
  double pct_start = 0.3;
  double div_factor = 25;
  double final_div_factor = 1e4;
  Anneal anneal_strategy = Anneal::cos;
  bool cycle_momentum = true;
  double base_momentum = 0.85;
  double max_momentum = 0.95;
};

// torch's OneCycleLR with total_steps = the run's steps: lr goes from max_lr / div_factor up to
// max_lr, then down to max_lr / div_factor / final_div_factor at the last step, and momentum the
// other way. Asked about later steps, it stays at the end, where torch raises an error.
class OneCycle final : public r50::Scheduler {
 public:
  static r50::Schema<OneCycleConfig> schema() {
    using Config = OneCycleConfig;
    return r50::Schema<Config>("The rate goes up once and down once, the momentum down and up.")
        .field("max_lr", &Config::max_lr, "peak learning rate", r50::at_least(0))
        .field("pct_start", &Config::pct_start, "share of the run spent going up", r50::in(0, 1))
        .field("div_factor", &Config::div_factor, "the first rate is max_lr / div_factor",
               r50::above(0))
        .field("final_div_factor", &Config::final_div_factor,
               "the last rate is the first / final_div_factor", r50::above(0))
        .choice("anneal_strategy", &Config::anneal_strategy, "the shape of the ways up and down",
                {{"cos", Anneal::cos}, {"linear", Anneal::linear}})
        .field("cycle_momentum", &Config::cycle_momentum,
               "move the momentum too; otherwise the optimizer's own stays")
        .field("base_momentum", &Config::base_momentum, "momentum at the peak rate",
               r50::from_below(0, 1))
        .field("max_momentum", &Config::max_momentum, "momentum at the first and last rate",
               r50::from_below(0, 1));
  }

  OneCycle(OneCycleConfig config, const r50::RunFacts& facts)
      : config_(config), max_lr_(config.max_lr.for_batch(facts.batch)) {}

  r50::Rates rates(const r50::Progress& progress) const override {
    const auto at = static_cast<double>(progress.step);
    const auto total = static_cast<double>(progress.total_steps());
    const double peak = config_.pct_start * total - 1;  // no whole number, as in torch
    const double first = max_lr_ / config_.div_factor;
    const double base = config_.base_momentum, most = config_.max_momentum;
    r50::Rates rates;
    if (at <= peak) {
      const double share = peak > 0 ? at / peak : 1;
      rates.lr = between(first, max_lr_, share);
      if (config_.cycle_momentum) rates.momentum = between(most, base, share);
    } else {
      const double span = total - 1 - peak;
      const double share = span > 0 ? std::min(1.0, (at - peak) / span) : 1;
      rates.lr = between(max_lr_, first / config_.final_div_factor, share);
      if (config_.cycle_momentum) rates.momentum = between(base, most, share);
    }
    return rates;
  }

 private:
  double between(double start, double end, double share) const {
    if (config_.anneal_strategy == Anneal::linear) return (end - start) * share + start;
    return end + (start - end) / 2 * (r50::exact::cos(std::numbers::pi * share) + 1);
  }

  OneCycleConfig config_;
  double max_lr_;
};

}  // namespace

R50_PLUGIN(OneCycle, "one_cycle")
