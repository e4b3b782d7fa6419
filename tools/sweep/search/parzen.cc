#include "sweep/search/parzen.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "sweep/search/points.h"

namespace r50::sweep {
namespace {

constexpr double impossible = -std::numeric_limits<double>::infinity();
constexpr double half_log_two_pi = 0x1.d67f1c864beb5p-1;

double log_or_impossible(double x) { return x > 0 ? exact::log(x) : impossible; }

double log_of_sum(const std::vector<double>& logs) {
  const double largest = *std::max_element(logs.begin(), logs.end());
  if (largest == impossible) return impossible;
  double sum = 0;
  for (const double x : logs) {
    if (x - largest > -40) sum += exact::exp(x - largest);  // less does not show in a double
  }
  return largest + exact::log(sum);
}

std::vector<std::size_t> rising_order(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order,
                           [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  return order;
}

}  // namespace

std::vector<double> weights_by_age(std::size_t n) {
  constexpr std::size_t full = 25;
  std::vector<double> weights(n, 1.0);
  if (n <= full) return weights;
  const std::size_t ramp = n - full;  // evenly from 1/n to 1, both included
  const double oldest = 1 / static_cast<double>(n);
  for (std::size_t i = 0; i < ramp; ++i) {
    const double share = ramp == 1 ? 0 : static_cast<double>(i) / static_cast<double>(ramp - 1);
    weights[i] = oldest + share * (1 - oldest);
  }
  return weights;
}

std::vector<double> kernel_widths(const std::vector<double>& centres) {
  const std::size_t n = centres.size();
  const std::vector<std::size_t> order = rising_order(centres);
  const double least = 1 / std::min(100.0, 2 + static_cast<double>(n));
  std::vector<double> widths(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double centre = centres[order[i]];
    double left = centre - (i > 0 ? centres[order[i - 1]] : 0);
    double right = (i + 1 < n ? centres[order[i + 1]] : 1) - centre;
    if (n > 1 && i == 0) left = 0;  // the ends of the range are no neighbours, unless alone
    if (n > 1 && i + 1 == n) right = 0;
    widths[order[i]] = std::clamp(std::max(left, right), least, 1.0);
  }
  return widths;
}

Parzen::Parzen(const Space& space, const std::vector<Coordinates>& observed)
    : space_(space), weights_(weights_by_age(observed.size())) {
  weights_.push_back(1);
  const double sum = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  for (double& weight : weights_) {
    weight /= sum;
    log_weights_.push_back(exact::log(weight));
  }
  for (std::size_t i = 0; i < space.size(); ++i) along_.push_back(along(i, observed));
}

Parzen::Along Parzen::along(std::size_t dimension, const std::vector<Coordinates>& observed) const {
  Along result;
  const Dimension& of = space_[dimension];
  result.fixed = count_values(of) == 1;
  result.kernels.resize(observed.size() + 1);
  if (result.fixed) return result;

  std::vector<double> centres;
  std::vector<Kernel*> around;
  for (std::size_t i = 0; i < observed.size(); ++i) {
    const double value = observed[i][dimension];
    if (std::isnan(value)) continue;
    result.kernels[i].choice = value;
    centres.push_back(unit_of(of, value));
    around.push_back(&result.kernels[i]);
  }
  if (of.kind == Dimension::Kind::choice) {
    const auto kernels = static_cast<double>(centres.size() + 1);
    result.prior_share = static_cast<double>(*count_values(of)) / kernels;
    return result;
  }
  const std::vector<double> widths = kernel_widths(centres);
  for (std::size_t i = 0; i < around.size(); ++i) {
    around[i]->centre = centres[i];
    around[i]->width = widths[i];
  }
  for (Kernel& kernel : result.kernels) {
    const double within =
        normal_mass(-kernel.centre / kernel.width, (1 - kernel.centre) / kernel.width);
    kernel.log_scale = -exact::log(within);
    kernel.log_peak = kernel.log_scale - exact::log(kernel.width) - half_log_two_pi;
  }
  return result;
}

Coordinates Parzen::draw(Random& random) const {
  double left = random.uniform();
  std::size_t kernel = 0;
  while (kernel + 1 < weights_.size() && left >= weights_[kernel]) left -= weights_[kernel++];
  Coordinates at(space_.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < space_.size(); ++i) {
    if (is_active(space_, i, at)) at[i] = draw_along(i, along_[i].kernels[kernel], random);
  }
  return at;
}

double Parzen::draw_along(std::size_t dimension, const Kernel& kernel, Random& random) const {
  const Dimension& of = space_[dimension];
  if (along_[dimension].fixed) return value_at(of, 0.5);
  if (of.kind == Dimension::Kind::choice) {
    const double prior = along_[dimension].prior_share;
    if (kernel.choice >= 0 && random.chance(1 / (1 + prior))) return kernel.choice;
    return value_at(of, random.uniform());
  }
  // At least a third of a kernel lies in [0, 1]: its centre does, and no kernel is wider.
  for (;;) {
    const double unit = kernel.centre + kernel.width * random.normal();
    if (unit >= 0 && unit <= 1) return value_at(of, unit);
  }
}

double Parzen::log_density(const Coordinates& at) const {
  std::vector<double> logs = log_weights_;
  for (std::size_t i = 0; i < space_.size(); ++i) {
    if (along_[i].fixed || std::isnan(at[i])) continue;
    const std::vector<double> these = log_densities_along(i, at[i]);
    for (std::size_t k = 0; k < logs.size(); ++k) logs[k] += these[k];
  }
  return log_of_sum(logs);
}

std::vector<double> Parzen::log_densities_along(std::size_t dimension, double value) const {
  const Dimension& of = space_[dimension];
  const Along& here = along_[dimension];
  const Part part = part_of(of, value);
  const double unit = unit_of(of, value);
  std::vector<double> logs;
  logs.reserve(here.kernels.size());
  if (of.kind == Dimension::Kind::choice) {
    const double user = part.to - part.from;
    const double seen = here.prior_share * user + 1;
    const double log_sum = exact::log(1 + here.prior_share);
    const double log_seen = exact::log(seen) - log_sum;
    const double log_other = log_or_impossible(here.prior_share * user) - log_sum;
    const double log_wide = log_or_impossible(user);
    for (const Kernel& kernel : here.kernels) {
      logs.push_back(kernel.choice == value ? log_seen : kernel.choice >= 0 ? log_other : log_wide);
    }
    return logs;
  }
  const bool point = part.from == part.to;
  for (const Kernel& kernel : here.kernels) {
    if (point) {
      const double z = (unit - kernel.centre) / kernel.width;
      logs.push_back(kernel.log_peak - z * z / 2);
    } else {
      const double from = (part.from - kernel.centre) / kernel.width;
      const double to = (part.to - kernel.centre) / kernel.width;
      logs.push_back(kernel.log_scale + log_or_impossible(normal_mass(from, to)));
    }
  }
  return logs;
}

}  // namespace r50::sweep
