#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace r50::config {

// The shortest decimal that reads back to the same bits: "5", "0.1", "1e-09". Never the exponent
// form where a person would write digits.
std::string number_text(double number);

// All of `text` as a finite decimal number.
std::optional<double> parse_number(std::string_view text);

}  // namespace r50::config
