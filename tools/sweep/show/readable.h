#pragma once

#include "sweep/judge/table.h"

namespace r50::sweep {

// Random search gives 0.012345678901234567, which nobody reads. Cuts the texts of fractions to four
// digits; of a parameter whose different numbers would then look alike, to more, ten at most, or
// not.
void make_readable(judge::Table& table);

}  // namespace r50::sweep
