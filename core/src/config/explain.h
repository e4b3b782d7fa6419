#pragma once

#include <string>

#include "config/experiment.h"

namespace r50::config {

// The resolved experiment as TOML that reads back to the same experiment, with, beside each value,
// its doc, range and origin. Saved as resolved.toml.
std::string explain(const Experiment& experiment, PluginSource& plugins);

}  // namespace r50::config
