#include <r50/averaging.h>
#include <r50/weight_average.h>

#include <algorithm>
#include <utility>

namespace {

struct SwaConfig {
  r50::When start = r50::percent(75);
  r50::When every = r50::epochs(1);
};

// torch's AveragedModel as it comes, bit for bit: the plain mean of the weights at the end of each
// `every` after `start`. The rates of that phase are the scheduler's business (`sequence`).
class Swa final : public r50::Averaging {
 public:
  static r50::Schema<SwaConfig> schema() {
    return r50::Schema<SwaConfig>("Stochastic weight averaging: the mean of a run's last weights.")
        .field("start", &SwaConfig::start, "weights up to here are not averaged")
        .field("every", &SwaConfig::every, "how far apart the averaged weights are")
        .check([](const SwaConfig& config, r50::Checks& checks) {
          checks.before_end("start", config.start);
        });
  }

  Swa(SwaConfig config, const r50::AveragingFacts& facts)
      : config_(config),
        name_(facts.name),
        average_(facts.model, r50::WeightAverage::Buffers::copy) {}

  void after_step(const r50::Progress& done) override {
    const std::int64_t since = done.step - config_.start.steps(done.length);
    const std::int64_t every = std::max<std::int64_t>(1, config_.every.steps(done.length));
    if (since > 0 && since % every == 0) average_.add_evenly();
  }

  std::optional<r50::WeightSet> weights() const override {
    if (average_.count() == 0) return std::nullopt;
    // The mean of several weights has statistics that none of them had.
    return r50::WeightSet{.name = name_, .tensors = average_.tensors(), .bn_stale = true};
  }

  void save(r50::Archive& archive) const override { average_.save(archive); }
  void load(const r50::Archive& archive) override { average_.load(archive); }

 private:
  SwaConfig config_;
  std::string name_;
  r50::WeightAverage average_;
};

}  // namespace

R50_PLUGIN(Swa, "swa")
