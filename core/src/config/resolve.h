#pragma once

// From what is written to what holds: every key, normalised.

#include "config/experiment.h"

namespace r50::config {

enum class PathForm { absolute, as_written };

// All of them take only what has been checked.
Value resolve_table(const Value& table, const SchemaInfo& info, PluginSource& plugins,
                    PathForm form);
Value resolve_plugin(Kind kind, bool nested, const Value& table, PluginSource& plugins,
                     PathForm form);
// `name` is the run's.
Value resolve_experiment(const Value& document, const std::string& name, PluginSource& plugins,
                         PathForm form);

}  // namespace r50::config
