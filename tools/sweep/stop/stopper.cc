#include "sweep/stop/stopper.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace r50::sweep {
namespace {

class NoStopping final : public Stopper {
 public:
  explicit NoStopping(std::int64_t epochs) : epochs_(epochs) {}

  std::int64_t first_until(std::int64_t) const override { return epochs_; }

 private:
  std::int64_t epochs_;
};

constexpr double worst_value = std::numeric_limits<double>::infinity();

double best_value(const Contender& trial) {
  double best = worst_value;
  for (const EpochValue& report : trial.reports) {
    if (report.value < best) best = report.value;  // NaN is not
  }
  return best;
}

double mean_up_to(const Contender& trial, std::int64_t epoch) {
  double sum = 0;
  int reports = 0;
  for (const EpochValue& report : trial.reports) {
    if (report.epoch > epoch) break;
    sum += report.value;
    ++reports;
  }
  const double mean = reports > 0 ? sum / reports : worst_value;
  return std::isnan(mean) ? worst_value : mean;
}

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  const double lower = *std::max_element(values.begin(), middle);
  return lower == *middle ? lower : lower / 2 + *middle / 2;
}

class MedianRule final : public Stopper {
 public:
  MedianRule(std::int64_t epochs, std::int64_t warmup_epochs, std::int64_t least_trials)
      : epochs_(epochs), warmup_(warmup_epochs), least_(std::max<std::int64_t>(least_trials, 1)) {}

  std::int64_t first_until(std::int64_t) const override { return epochs_; }

  bool ends(const Contender& one, const std::vector<Contender>& all) const override {
    if (one.state != Contender::State::running || one.reports.empty()) return false;
    const std::int64_t epoch = one.reports.back().epoch;
    if (epoch <= warmup_ || epoch >= epochs_) return false;
    std::vector<double> means;
    for (const Contender& other : all) {
      if (other.number == one.number || other.reports.empty()) continue;
      if (other.reports.back().epoch >= epoch) means.push_back(mean_up_to(other, epoch));
    }
    if (static_cast<std::int64_t>(means.size()) < least_) return false;
    return best_value(one) > median_of(std::move(means));
  }

 private:
  std::int64_t epochs_, warmup_, least_;
};

}  // namespace

Stopper::~Stopper() = default;

std::unique_ptr<Stopper> no_stopping(std::int64_t epochs) {
  return std::make_unique<NoStopping>(epochs);
}

std::unique_ptr<Stopper> median_rule(std::int64_t epochs, std::int64_t warmup_epochs,
                                     std::int64_t least_trials) {
  return std::make_unique<MedianRule>(epochs, warmup_epochs, least_trials);
}

}  // namespace r50::sweep
