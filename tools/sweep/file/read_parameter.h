#pragma once

#include <optional>
#include <string>

#include "sweep/file/parameters.h"

namespace r50::sweep {

// One entry of [parameters]: {values = [...]}, {min = , max = , distribution = } or {value = }. The
// axis of a constant has one choice. Nothing once it has told what is wrong.
std::optional<Axis> read_parameter(const std::string& key, const Value& table, Problems& problems);

// Whether a table below [parameters] is such an entry, or a part of a dotted key that was written
// without quotes ([parameters.scheduler] lr = {...}).
bool is_parameter(const Table& table);

}  // namespace r50::sweep
