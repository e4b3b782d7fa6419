#pragma once

#include <map>
#include <set>
#include <string>

#include "sweep/judge/table.h"

namespace r50::sweep {

// Random search gives 0.012345678901234567, which nobody reads. What to write for each text of one
// parameter: fractions with four digits; where different numbers would then look alike, with more,
// ten at most, or whole.
std::map<std::string, std::string> readable(const std::set<std::string>& texts);

// The same for all parameters of a table.
void make_readable(judge::Table& table);

}  // namespace r50::sweep
