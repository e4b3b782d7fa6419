#pragma once

// The parameters that a sweep varied, and where their values lie on an axis.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sweep/judge/groups.h"

namespace r50::sweep::judge {

struct Parameter {
  enum class Scale { linear, logarithmic, category };

  std::string name;
  Scale scale = Scale::category;
  std::vector<std::string> values;  // texts, ascending; of a category as they came
  std::vector<double> numbers;      // beside the values; empty for a category
  bool everywhere = true;           // otherwise some points lack it
};

// In the order in which points first name them. One that has a single value and is nowhere lacking
// does not count.
std::vector<Parameter> varied_parameters(const std::vector<Group>& groups);

// Between the smallest (0) and the largest (1) value, by the parameter's scale; categories are
// evenly spaced; a single value lies in the middle. Nothing where the point lacks the parameter.
std::optional<double> position(const Parameter& parameter, const PointValues& point);

// Number of a point's value in `values`, by value: 0.1 and 1e-1 are one. Nothing where lacking.
std::optional<std::size_t> level(const Parameter& parameter, const PointValues& point);

// Whether these ascending, different numbers are better shown by their logarithms: they span a
// factor of 20, and so they lie more evenly. (1 to 100 in steps of 1 do not.)
bool spans_magnitudes(const std::vector<double>& ascending);
// Of `value` between low and high, 0 to 1.
double part_of_span(double value, double low, double high, bool logarithmic);

}  // namespace r50::sweep::judge
