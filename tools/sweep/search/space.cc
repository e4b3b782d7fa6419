#include "sweep/search/space.h"

#include <algorithm>
#include <cmath>

#include "r50/random.h"
#include "sweep/search/points.h"

namespace r50::sweep {
namespace {

constexpr double root_of_two_pi = 0x1.40d931ff62706p+1;

double normal_density(double x) { return exact::exp(-x * x / 2) / root_of_two_pi; }

// The share above x >= 0. Near 0 by a series of positive terms (no digits lost), from 3 on by
// Laplace's continued fraction, whose first 60 parts (from 6 on 20) are exact to the last digits.
double share_above(double x) {
  if (x > 38.5) return 0;  // below the smallest double
  if (x < 3) {
    double term = x;
    double sum = x;
    for (int n = 1; term > sum * 0x1p-54; ++n) {
      term *= x * x / (2 * n + 1);
      sum += term;
    }
    return 0.5 - normal_density(x) * sum;
  }
  double below = x;
  for (int n = x < 6 ? 60 : 20; n > 0; --n) below = x + n / below;
  return normal_density(x) / below;
}

constexpr double largest_unit = 1 - 0x1p-53;

double weight_of(const Dimension& dimension, std::size_t choice) {
  return dimension.weights.empty() ? 1 : dimension.weights[choice];
}

double total_weight(const Dimension& dimension) {
  double total = 0;
  for (std::size_t i = 0; i < dimension.choices; ++i) total += weight_of(dimension, i);
  return total;
}

double choice_at(const Dimension& dimension, double unit) {
  double left = unit * total_weight(dimension);
  std::size_t last = 0;
  for (std::size_t i = 0; i < dimension.choices; ++i) {
    const double weight = weight_of(dimension, i);
    if (weight <= 0) continue;
    last = i;
    if (left < weight) break;
    left -= weight;
  }
  return static_cast<double>(last);
}

Part part_of_choice(const Dimension& dimension, double value) {
  double before = 0;
  double weight = 0;
  for (std::size_t i = 0; i < dimension.choices && static_cast<double>(i) <= value; ++i) {
    before += weight;
    weight = weight_of(dimension, i);
  }
  const double total = total_weight(dimension);
  return {before / total, (before + weight) / total};
}

// From values to where [0, 1) has them evenly, and back.
struct DimensionStretch {
  double from = 0, to = 1;
  double low = 0, high = 1;
  bool logarithmic = false;

  explicit DimensionStretch(const Dimension& dimension)
      : from(dimension.low),
        to(dimension.high),
        logarithmic(dimension.shape == Dimension::Shape::logarithmic) {
    if (is_stepped(dimension)) {  // each value has half a step on both sides
      const Lattice lattice = lattice_of(dimension);
      from = (lattice.first - 0.5) * lattice.step;
      to = (lattice.last + 0.5) * lattice.step;
    }
    low = logarithmic ? exact::log(from) : from;
    high = logarithmic ? exact::log(to) : to;
  }
  double value(double unit) const {
    if (unit == 0) return from;  // the ends are possible to their last bit
    if (unit == largest_unit) return to;
    const double x = low + unit * (high - low);
    return logarithmic ? exact::exp(x) : x;
  }
  double unit(double value) const {
    if (!(high > low)) return 0.5;
    return std::clamp(((logarithmic ? exact::log(value) : value) - low) / (high - low), 0.0, 1.0);
  }
};

double normal_unit(const Dimension& dimension, double value) {
  return normal_below((value - dimension.mean) / dimension.deviation);
}

}  // namespace

double value_at(const Dimension& dimension, double unit) {
  if (std::isnan(unit)) return unit;
  unit = std::clamp(unit, 0.0, largest_unit);
  if (dimension.kind == Dimension::Kind::choice) return choice_at(dimension, unit);
  if (dimension.shape == Dimension::Shape::normal) {
    const double x =
        dimension.mean + dimension.deviation * normal_quantile(std::max(unit, 0x1p-54));
    if (!is_stepped(dimension)) return x;
    const double step = step_of(dimension);
    return lattice_value(std::round(x / step), step);
  }
  const double x = DimensionStretch(dimension).value(unit);
  if (!is_stepped(dimension)) return std::clamp(x, dimension.low, dimension.high);
  const Lattice lattice = lattice_of(dimension);
  const double place = std::floor(x / lattice.step + 0.5);
  return lattice_value(std::clamp(place, lattice.first, lattice.last), lattice.step);
}

double unit_of(const Dimension& dimension, double value) {
  if (std::isnan(value)) return value;
  double unit = 0;
  if (dimension.kind == Dimension::Kind::choice) {
    const Part part = part_of_choice(dimension, value);
    unit = (part.from + part.to) / 2;
  } else if (dimension.shape == Dimension::Shape::normal) {
    unit = normal_unit(dimension, value);
  } else {
    unit = DimensionStretch(dimension).unit(std::clamp(value, dimension.low, dimension.high));
  }
  return std::min(unit, largest_unit);
}

Part part_of(const Dimension& dimension, double value) {
  if (dimension.kind == Dimension::Kind::choice) return part_of_choice(dimension, value);
  if (!is_stepped(dimension)) return {unit_of(dimension, value), unit_of(dimension, value)};
  const double half = step_of(dimension) / 2;
  if (dimension.shape == Dimension::Shape::normal) {
    return {normal_unit(dimension, value - half), normal_unit(dimension, value + half)};
  }
  const DimensionStretch stretch(dimension);
  return {stretch.unit(value - half), stretch.unit(value + half)};
}

bool is_active(const Space& space, std::size_t dimension, const Coordinates& so_far) {
  const auto& condition = space[dimension].condition;
  if (!condition) return true;
  const double chosen = so_far[condition->dimension];  // NaN equals no number
  return std::ranges::any_of(condition->choices, [&](std::size_t choice) {
    return static_cast<double>(choice) == chosen;
  });
}

double normal_below(double x) { return x < 0 ? share_above(-x) : 1 - share_above(x); }

double normal_mass(double from, double to) {
  if (from > 0) return share_above(from) - share_above(to);  // on the side where numbers are fine
  if (to < 0) return share_above(-to) - share_above(-from);
  return 1 - share_above(-from) - share_above(to);
}

// A first guess good to three digits (Hastings 1955; Abramowitz and Stegun 26.2.23), then Halley's
// method, which triples the digits each time.
double normal_quantile(double probability) {
  if (probability > 0.5) return -normal_quantile(1 - probability);
  if (probability == 0.5) return 0;
  const double t = std::sqrt(-2 * exact::log(probability));
  double x = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                     (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (int again = 0; again < 3; ++again) {  // x of the share above, so positive
    const double newton = (share_above(x) - probability) / normal_density(x);
    x += newton / (1 - newton * x / 2);
  }
  return -x;
}

}  // namespace r50::sweep
