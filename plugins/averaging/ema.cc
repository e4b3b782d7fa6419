#include <r50/averaging.h>
#include <r50/random.h>
#include <r50/weight_average.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace {

struct EmaConfig {
  double decay = 0.9999;
  std::optional<double> horizon_epochs;
  std::int64_t every = 1;
  r50::When start = r50::epochs(0);
  bool warmup = false;
  double warmup_gamma = 1;
  double warmup_power = 2.0 / 3;
};

// torch's AveragedModel with get_ema_multi_avg_fn(decay) and use_buffers=True, bit for bit; with
// warmup, timm's ModelEmaV3.
class Ema final : public r50::Averaging {
 public:
  static r50::Schema<EmaConfig> schema() {
    return r50::Schema<EmaConfig>("Exponential moving average of the weights and statistics.")
        .field("decay", &EmaConfig::decay, "what one update keeps of the average",
               r50::from_below(0, 1))
        .field("horizon_epochs", &EmaConfig::horizon_epochs,
               "in place of decay: how far back the average reaches, whatever `every` is and "
               "however many steps an epoch has",
               r50::above(0))
        .field("every", &EmaConfig::every, "steps between updates", r50::at_least(1))
        .field("start", &EmaConfig::start, "steps up to here are not averaged")
        .field("warmup", &EmaConfig::warmup,
               "after k updates keep at most 1 - (1 + k / warmup_gamma)^-warmup_power, so that the "
               "first weights are soon forgotten")
        .field("warmup_gamma", &EmaConfig::warmup_gamma, "see warmup", r50::above(0))
        .field("warmup_power", &EmaConfig::warmup_power, "see warmup", r50::above(0))
        .check([](const EmaConfig& config, r50::Checks& checks) {
          checks.before_end("start", config.start);
          if (config.horizon_epochs && checks.written("decay")) {
            checks.wrong("horizon_epochs", "decay and horizon_epochs say the same thing twice",
                         "keep one of them");
          }
        });
  }

  Ema(EmaConfig config, const r50::AveragingFacts& facts)
      : config_(config),
        name_(facts.name),
        average_(facts.model, r50::WeightAverage::Buffers::average) {}

  void after_step(const r50::Progress& done) override {
    const std::int64_t since = done.step - config_.start.steps(done.length);
    if (since > 0 && since % config_.every == 0) average_.add(decay(done.length));
  }

  std::optional<r50::WeightSet> weights() const override {
    if (average_.count() == 0) return std::nullopt;
    return r50::WeightSet{.name = name_, .tensors = average_.tensors(), .bn_stale = false};
  }

  void save(r50::Archive& archive) const override { average_.save(archive); }
  void load(const r50::Archive& archive) override { average_.load(archive); }

 private:
  double decay(const r50::RunLength& length) const {
    double decay = config_.decay;
    if (config_.horizon_epochs) {
      const double steps = *config_.horizon_epochs * static_cast<double>(length.steps_per_epoch);
      decay = r50::exact::exp(-static_cast<double>(config_.every) / steps);
    }
    if (!config_.warmup) return decay;
    const double k = static_cast<double>(average_.count()) / config_.warmup_gamma;
    return std::min(decay, 1 - r50::exact::pow(1 + k, -config_.warmup_power));
  }

  EmaConfig config_;
  std::string name_;
  r50::WeightAverage average_;
};

}  // namespace

R50_PLUGIN(Ema, "ema")
