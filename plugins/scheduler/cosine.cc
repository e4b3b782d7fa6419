#include <r50/random.h>
#include <r50/scheduler.h>

#include <algorithm>
#include <numbers>
#include <optional>

namespace {

enum class Step { step, epoch };

struct CosineConfig {
  r50::Rate lr = {0.1, 256};
  r50::Rate eta_min;
  std::optional<double> final_fraction;
  r50::When warmup = r50::epochs(0);
  double start_factor = 0.01;
  Step step = Step::step;
};

class Cosine final : public r50::Scheduler {
 public:
  static r50::Schema<CosineConfig> schema() {
    return r50::Schema<CosineConfig>("A linear warm-up, then half a cosine down to the end.")
        .field("lr", &CosineConfig::lr, "peak learning rate", r50::at_least(0))
        .field("eta_min", &CosineConfig::eta_min, "learning rate at the end", r50::at_least(0))
        .field("final_fraction", &CosineConfig::final_fraction,
               "learning rate at the end as a fraction of lr, in place of eta_min", r50::in(0, 1))
        .field("warmup", &CosineConfig::warmup, "how long the rate rises linearly at the start")
        .field("start_factor", &CosineConfig::start_factor,
               "the warm-up begins at this fraction of lr", r50::in(0, 1))
        .choice("step", &CosineConfig::step, "how often the rate changes",
                {{"step", Step::step}, {"epoch", Step::epoch}})
        .check([](const CosineConfig& config, r50::Checks& checks) {
          checks.before_end("warmup", config.warmup);
          if (config.final_fraction && checks.written("eta_min")) {
            checks.wrong("final_fraction",
                         "eta_min and final_fraction both say where the rate ends",
                         "keep one of them");
          }
        });
  }

  Cosine(CosineConfig config, const r50::RunFacts& facts)
      : config_(config),
        lr_(config.lr.for_batch(facts.batch)),
        end_(config.final_fraction ? lr_ * *config.final_fraction
                                   : config.eta_min.for_batch(facts.batch)) {}

  // torch: SequentialLR of LinearLR(start_factor, total_iters=W) and, from W on,
  // CosineAnnealingLR(T_max=T-W, eta_min), both counted in steps or both in epochs. torch's rate
  // climbs again after T_max; this one stays.
  r50::Rates rates(const r50::Progress& progress) const override {
    const bool by_epoch = config_.step == Step::epoch && progress.length.steps_per_epoch > 0;
    const double unit = by_epoch ? static_cast<double>(progress.length.steps_per_epoch) : 1;
    const auto at = static_cast<double>(by_epoch ? progress.epoch() : progress.step);
    const double warmup = static_cast<double>(config_.warmup.steps(progress.length)) / unit;
    if (at < warmup) {
      return {.lr = lr_ * (config_.start_factor + (1 - config_.start_factor) * at / warmup)};
    }
    const double span = static_cast<double>(progress.total_steps()) / unit - warmup;
    const double share = span > 0 ? std::min(1.0, (at - warmup) / span) : 1;
    // exact::cos, since glibc's differs between CPUs.
    return {.lr = end_ + (lr_ - end_) * (1 + r50::exact::cos(std::numbers::pi * share)) / 2};
  }

 private:
  CosineConfig config_;
  double lr_, end_;
};

}  // namespace

R50_PLUGIN(Cosine, "cosine")
