#pragma once

#include <string>
#include <vector>

#include "config/document.h"

namespace r50::config {

// What `use` does in a table that is put over another one.
enum class UseRule {
  // It drops the keys of another plugin than it names, which would mean nothing to that one, or
  // something else; the host's keys (name, when, from, until) stay.
  drops_other_plugin,
  // The table takes the place of the earlier one, even for the same plugin.
  replaces_table,
};

// Puts `later` over `base`: tables merge, everything else replaces.
void merge(Value& base, const Value& later, UseRule rule = UseRule::drops_other_plugin);

// Words over a document: "scheduler.lr=0.4", "averaging.0.decay=0.9998",
// "logger.0={use = \"csv\"}". A value replaces what stood there; a new `use` in a table drops the
// former plugin's keys. Whether a key means anything is for the schemas to say.
void apply_overrides(Value& document, const std::vector<OverrideWord>& overrides,
                     const Environment& environment, Problems& problems,
                     WrittenTexts* written = nullptr);

}  // namespace r50::config
