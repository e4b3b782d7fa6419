#pragma once

// The promises every plugin makes, looked at one by one, by the tests of r50 and by
// `r50run plugins --check FILE.so` for authors of plugins.

#include "contract/report.h"
#include "plugin/host.h"

namespace r50::contract {

// `given` is a table with values for keys that have no default and that nobody else can know.
Report check_plugin(host::Host& host, const host::LoadedPlugin& plugin, const Value& given);

}  // namespace r50::contract
