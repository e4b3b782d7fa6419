#pragma once

// What a step needs, tried on this machine with black images: so that the message of a
// run without memory says what fits, and not a rule of thumb.

#include <cstdint>
#include <optional>
#include <string>

#include "assemble/assembly.h"

namespace r50::assemble {

// The smallest accumulate above the present one whose micro-batch was seen to fit, if any.
std::optional<std::int64_t> accumulate_that_fits(const Assembly& assembly);

// The whole message for a run that went out of memory.
std::string explain_out_of_memory(const train::OutOfMemory& error, const Assembly& assembly);

}  // namespace r50::assemble
