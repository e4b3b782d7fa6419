#pragma once

#include <string>
#include <vector>

#include "config/document.h"

namespace r50::config {

// Words over a document: "scheduler.lr=0.4", "averaging.0.decay=0.9998",
// "logger.0={use = \"csv\"}". A value replaces what stood there; a new `use` in a table drops the
// former plugin's keys. Whether a key means anything is for the schemas to say.
void apply_overrides(Value& document, const std::vector<OverrideWord>& overrides,
                     const Environment& environment, Problems& problems);

}  // namespace r50::config
