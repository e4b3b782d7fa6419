#pragma once

// An experiment file as one tree of values: what it extends, the environment and the overrides of
// the command line already in it, each value with the place it was written at.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "r50/error.h"
#include "r50/value.h"

namespace r50::config {

// Nothing for a variable that is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

// "run.epochs=5", "averaging.0.decay=0.9998", and where it was written: paths are relative to that.
struct OverrideWord {
  std::string text;
  Spot spot;
};
std::vector<OverrideWord> words_of_command_line(const std::vector<std::string>& words);

// Nothing if the file, or one it extends, cannot be read as TOML. Smaller problems are told as
// well, but leave a tree, so that one report has them together with what the schemas find.
std::optional<Value> load_document(base::Files& files, const std::string& path,
                                   const std::vector<OverrideWord>& overrides,
                                   const Environment& environment, Problems& problems);

}  // namespace r50::config
