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

}  // namespace r50::config
