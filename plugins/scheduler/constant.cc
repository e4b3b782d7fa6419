#include <r50/scheduler.h>

namespace {

struct ConstantConfig {
  r50::Rate lr = {0.1, 256};
  r50::When warmup = r50::epochs(0);
  double start_factor = 0.01;
};

class Constant final : public r50::Scheduler {
 public:
  static r50::Schema<ConstantConfig> schema() {
    return r50::Schema<ConstantConfig>("One rate for the whole run, after a linear warm-up.")
        .field("lr", &ConstantConfig::lr, "the learning rate", r50::at_least(0))
        .field("warmup", &ConstantConfig::warmup, "how long the rate rises linearly at the start")
        .field("start_factor", &ConstantConfig::start_factor,
               "the warm-up begins at this fraction of lr", r50::in(0, 1))
        .check([](const ConstantConfig& config, r50::Checks& checks) {
          checks.before_end("warmup", config.warmup);
        });
  }

  Constant(ConstantConfig config, const r50::RunFacts& facts)
      : config_(config), lr_(config.lr.for_batch(facts.batch)) {}

  // torch: LinearLR(start_factor, total_iters=warmup).
  r50::Rates rates(const r50::Progress& progress) const override {
    const auto at = static_cast<double>(progress.step);
    const auto warmup = static_cast<double>(config_.warmup.steps(progress.length));
    if (at >= warmup) return {.lr = lr_};
    return {.lr = lr_ * (config_.start_factor + (1 - config_.start_factor) * at / warmup)};
  }

 private:
  ConstantConfig config_;
  double lr_;
};

}  // namespace

R50_PLUGIN(Constant, "constant")
