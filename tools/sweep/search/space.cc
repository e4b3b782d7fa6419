#include "sweep/search/space.h"

#include <algorithm>
#include <cmath>

#include "r50/random.h"
#include "sweep/search/normal.h"
#include "sweep/search/points.h"

namespace r50::sweep {
namespace {

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

}  // namespace r50::sweep
