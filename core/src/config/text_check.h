#pragma once

#include <string_view>

#include "r50/error.h"

namespace r50::config {

// What a TOML parser should never see: bytes that are no UTF-8, and nesting so deep that recursion
// over the values would exhaust the stack. False, and told, if the text has any of it.
bool check_text(std::string_view text, const Spot& file, Problems& problems);

bool is_utf8(std::string_view text);

}  // namespace r50::config
