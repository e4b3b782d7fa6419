#pragma once

#include "support/config/compiled_plugins.h"

namespace r50::test {

// At least one schema of every kind, in the shape of real ones, and `everything` (a scheduler) with
// every type of field.
void add_sample_plugins(CompiledPlugins& plugins);

}  // namespace r50::test
