#pragma once

#include <cstdint>
#include <string>

namespace r50::config {

// What a run takes from an lr_suggestion.json of find-lr. run/lr_result.cc writes it.
struct LrSuggestion {
  double rate = 0;
  std::string rule;
  std::int64_t batch = 0;
};

// Throws Error with a text that goes on after the file's name: "is damaged: ...".
LrSuggestion read_lr_suggestion(const std::string& json);

}  // namespace r50::config
