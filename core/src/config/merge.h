#pragma once

#include "r50/value.h"

namespace r50::config {

// Puts `later` over `base`: tables merge, everything else replaces. A table that names another
// plugin than `base` did keeps nothing of the former plugin's keys, which would mean nothing to it,
// or something else; the host's keys (name, when, from, until) stay.
void merge(Value& base, const Value& later);

}  // namespace r50::config
