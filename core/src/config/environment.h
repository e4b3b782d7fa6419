#pragma once

#include <string>

#include "config/document.h"

namespace r50::config {

// Replaces ${NAME} and ${NAME:-default} in all texts below `value`; $${ stands for ${ itself. As in
// a shell, the default also serves a variable that is empty.
void fill_in_environment(Value& value, const Environment& environment, Problems& problems);

// The text that fill_in_environment turns into `text`.
std::string without_environment(const std::string& text);

}  // namespace r50::config
