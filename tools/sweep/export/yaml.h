#pragma once

#include <string>

#include "r50/value.h"

namespace r50::sweep {

// A table as a YAML document: tables as blocks, lists in brackets. Readers of YAML 1.1 (PyYAML) and
// of 1.2 find the same in it: texts that either would take for something else ("no", "1e5") are
// quoted, and numbers are written as both know them ("1.0e-05"; "1e-05" is a text in 1.1).
std::string to_yaml(const Table& table);

}  // namespace r50::sweep
