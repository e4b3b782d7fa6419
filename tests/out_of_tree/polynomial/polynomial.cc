#include <r50/random.h>
#include <r50/scheduler.h>

struct PolynomialConfig {
  double lr = 0.1;
  double power = 2;
};

// lr * (1 - done)^power, done being the share of the run's steps that have been taken.
class Polynomial final : public r50::Scheduler {
 public:
  static r50::Schema<PolynomialConfig> schema() {
    return r50::Schema<PolynomialConfig>("Falls to zero along a power of what is left.")
        .field("lr", &PolynomialConfig::lr, "learning rate of the first step", r50::in(0, 100))
        .field("power", &PolynomialConfig::power, "1 falls evenly, 2 faster at first",
               r50::above(0));
  }

  Polynomial(PolynomialConfig config, const r50::RunFacts&) : config_(config) {}

  r50::Rates rates(const r50::Progress& progress) const override {
    const double left = 1 - static_cast<double>(progress.step) / progress.total_steps();
    return {config_.lr * r50::exact::pow(left, config_.power)};
  }

 private:
  PolynomialConfig config_;
};

R50_PLUGIN(Polynomial, "polynomial")
