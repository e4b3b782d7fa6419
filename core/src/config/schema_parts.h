#pragma once

// What the files of the schema share: the one way of writing a value, and words for messages.

#include <optional>
#include <string>
#include <string_view>

#include "r50/schema.h"

namespace r50::config {

// The shortest decimal that reads back to the same bits: "5", "0.1", "1e-09". Never the exponent
// form where a person would write digits.
std::string number_text(double number);

// All of `text` as a finite decimal number.
std::optional<double> parse_number(std::string_view text);

// The one way of writing a checked value, or a list of them: integers where reals belong become
// reals, "1 epochs" becomes "1 epoch". Tables, plugins and paths stay as they are.
Value normal_form(const Value& value, const FieldInfo& field);

// How much of the run has passed at `when`: 0 its start, 1 its end. Nothing if that is not known
// yet: steps have no meaning before the data set has been opened.
std::optional<double> run_share(const When& when, const RunLength& run);

// " in [scheduler]"; nothing at the top of a file.
inline std::string in_table(const std::string& path) {
  return path.empty() ? "" : " in [" + path + "]";
}

}  // namespace r50::config
