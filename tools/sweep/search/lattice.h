#pragma once

// Dimensions that have some values only: the multiples of a step.

#include "sweep/search/space.h"

namespace r50::sweep {

bool is_stepped(const Dimension& dimension);  // whole numbers, and reals with a step
double step_of(const Dimension& dimension);   // of one that is stepped

// The multiples of a dimension with ends: from first * step to last * step.
struct Lattice {
  double first = 0, last = 0, step = 1;
};
Lattice lattice_of(const Dimension& dimension);

// The multiple as a person would write it: 3 times 0.1 is 0.3, not 0.30000000000000004. Trials'
// files and names are made of these.
double lattice_value(double multiple, double step);

}  // namespace r50::sweep
