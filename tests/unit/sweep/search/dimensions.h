#pragma once

// Dimensions for tests, in one line each.

#include <string>
#include <utility>
#include <vector>

#include "sweep/search/space.h"

namespace r50::sweep {

inline Dimension choice(std::size_t choices, std::vector<double> weights = {}) {
  Dimension made;
  made.name = "choice";
  made.choices = choices;
  made.weights = std::move(weights);
  return made;
}

inline Dimension real(double low, double high, double step = 0) {
  Dimension made;
  made.name = "real";
  made.kind = Dimension::Kind::real;
  made.low = low;
  made.high = high;
  made.step = step;
  return made;
}

inline Dimension integer(double low, double high) {
  Dimension made = real(low, high);
  made.name = "integer";
  made.kind = Dimension::Kind::integer;
  return made;
}

inline Dimension logarithmic(Dimension made) {
  made.shape = Dimension::Shape::logarithmic;
  return made;
}

inline Dimension normal(double mean, double deviation, double step = 0) {
  Dimension made = real(0, 1, step);
  made.shape = Dimension::Shape::normal;
  made.mean = mean;
  made.deviation = deviation;
  return made;
}

inline Dimension only_where(std::size_t dimension, std::vector<std::size_t> choices,
                            Dimension made) {
  made.condition = Condition{dimension, std::move(choices)};
  return made;
}

}  // namespace r50::sweep
