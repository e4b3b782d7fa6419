#pragma once

#include <random>

#include "r50/value.h"
#include "support/config/compiled_plugins.h"

namespace r50::test {

// A document with random values in random keys, each by itself allowed by its schema; rules across
// keys may still refuse it. The same `random` gives the same document.
Value random_document(const CompiledPlugins& plugins, std::mt19937_64& random);

}  // namespace r50::test
