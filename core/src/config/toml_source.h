#pragma once

// Text in TOML to values with places. toml++ is included by toml_source.cc and nowhere else: it
// costs 4 s of compile time.

#include <optional>
#include <string>
#include <string_view>

#include "r50/error.h"
#include "r50/value.h"

namespace r50::config {

// `file` is only a name, for places. Nothing if it is no TOML; `problems` then says why.
std::optional<Value> parse_toml(std::string_view text, const std::string& file, Problems& problems);

// What stands after the `=` of an override. What is no TOML value, but a plain word or words
// (use=cosine, warmup=5 epochs), is a text.
std::optional<Value> parse_toml_value(std::string_view text, const Spot& spot, Problems& problems);

// What a TOML parser must not see: bytes that are not UTF-8, and nesting so deep that recursion
// over the values would exhaust the stack. False, with a problem, if the text has any of it.
bool check_text(std::string_view text, const Spot& file, Problems& problems);

bool is_utf8(std::string_view text);

}  // namespace r50::config
