#pragma once

// The table of a plugin has two readers: the host's keys are read here, all others by the plugin's
// own schema.

#include <optional>
#include <string>

#include "config/experiment.h"

namespace r50::config {

// What tables an experiment has for plugins of a kind: see R50_KINDS.
enum class KindTables { one, stages, named };
KindTables kind_tables(Kind kind);

struct HostKeys {
  std::string use;
  std::string name;                 // [[averaging]], [[logger]]; by default, `use`
  Use when = Use::train;            // [[augmentation]]
  std::optional<When> from, until;  // [[augmentation]]
};

// Plugins that stand inside others have `use` alone.
const Schema<HostKeys>& host_schema(Kind kind, bool nested);

// The plugin's own keys.
Value without_host_keys(const Value& table);
// A `use` that is a path, as an absolute one: the plugin host does not know where it was written.
Value with_absolute_use(const Value& table);

// Checks all of it, the plugin's schema and the plugins within included. Nothing if `use` leads to
// no plugin.
std::optional<HostKeys> check_plugin_table(Kind kind, bool nested, const Value& table,
                                           SchemaReader& reader);

}  // namespace r50::config
