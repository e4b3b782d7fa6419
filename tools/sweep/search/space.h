#pragma once

// What a search method sees of a sweep: numbers alone. What they stand for (rates, plugins' tables,
// keys that go together) is the business of the sweep file's reader.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace r50::sweep {

// A dimension has a value only where an earlier dimension, one of choices, has one of these.
struct Condition {
  std::size_t dimension = 0;
  std::vector<std::size_t> choices;
};

struct Dimension {
  enum class Kind { choice, real, integer };
  enum class Shape { flat, logarithmic, normal };

  std::string name;  // for messages
  Kind kind = Kind::choice;
  Shape shape = Shape::flat;
  std::size_t choices = 1;         // choice: 0 to choices - 1
  std::vector<double> weights;     // choice: how likely each is; empty: all alike; 0: never
  double low = 0, high = 1;        // real, integer: both are possible values; logarithmic: above 0
  double mean = 0, deviation = 1;  // normal, which has no ends
  double step = 0;                 // real: only its multiples from low to high; 0: any
  std::optional<Condition> condition;
};

using Space = std::vector<Dimension>;

// A value a dimension, a choice being its number; NaN where the condition is not met.
using Coordinates = std::vector<double>;

// By the dimension's shape and step: where `unit` of [0, 1) lies, and back. A choice's part of [0,
// 1) is as wide as it is likely; a whole number's in a logarithmic dimension reaches from the
// logarithm of a half less to that of a half more. What lies outside is taken for the nearest end;
// a value that is NaN gives NaN.
double value_at(const Dimension& dimension, double unit);
double unit_of(const Dimension& dimension, double value);

// The part of [0, 1) whose units all give this value; where any value is possible, a single point.
struct Part {
  double from = 0, to = 0;
};
Part part_of(const Dimension& dimension, double value);

bool is_active(const Space& space, std::size_t dimension, const Coordinates& so_far);

// Coordinates to be found again by: no two that are no number are equal, so a number stands for
// them.
inline Coordinates comparable(Coordinates at) {
  constexpr double inactive = -1e300;
  for (double& value : at) value = std::isnan(value) ? inactive : value;
  return at;
}

// The normal distribution of mean 0 and deviation 1, with the same bits on every machine.

double normal_below(double x);  // how likely a smaller number is
double normal_mass(double from, double to);
// The number that a share of `probability`, above 0 and below 1, lies below.
double normal_quantile(double probability);

}  // namespace r50::sweep
