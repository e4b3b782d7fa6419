#pragma once

// The parameters that a sweep varied, where their values lie on an axis, and what to call its
// points by them.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
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

class Names {
 public:
  explicit Names(std::vector<Group> groups);

  // The last part of a parameter's key, or as many of its last parts as tell it from all others:
  // "max_lr" of "scheduler.max_lr".
  const std::string& parameter(const std::string& key) const;

  // A point by all parameters that the sweep varied: "max_lr 0.4, batch 256".
  std::string point(std::size_t group) const;

  // Two points by the parameters in which they differ: "max_lr 0.4" and "max_lr 0.8". What only one
  // of them has is "no rho" in the other.
  std::pair<std::string, std::string> pair(std::size_t first, std::size_t second) const;

 private:
  std::string by(const std::vector<std::string>& keys, std::size_t group) const;

  std::vector<Group> groups_;
  std::vector<std::string> varied_;
  std::map<std::string, std::string> short_;
};

}  // namespace r50::sweep::judge
