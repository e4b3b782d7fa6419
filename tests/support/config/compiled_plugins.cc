#include "support/config/compiled_plugins.h"

#include "r50/suggest.h"

namespace r50::test {

const PluginEntry* CompiledPlugins::find(Kind kind, const Value& table) const {
  const std::string& use = *table.table()->find("use")->text();
  for (const PluginEntry& entry : entries_) {
    if (entry.kind == kind && entry.name == use) return &entry;
  }
  return nullptr;
}

const AnySchema* CompiledPlugins::schema(Kind kind, const Value& table, Problems& problems) {
  if (const PluginEntry* entry = find(kind, table)) return entry->schema.get();
  std::vector<std::string> names;
  for (const PluginEntry& entry : entries_) {
    if (entry.kind == kind) names.push_back(entry.name);
  }
  const Value& use = *table.table()->find("use");
  problems.add(use.spot(),
               "there is no " + std::string(kind_name(kind)) + " plugin '" + *use.text() + "'",
               near_guess(*use.text(), names, "plugins"));
  return nullptr;
}

std::pair<std::shared_ptr<Plugin>, std::string> CompiledPlugins::build(Kind kind,
                                                                       const Value& table,
                                                                       const void* facts) {
  Problems problems;
  SchemaReader reader(SchemaReader::Mode::build, problems, *this, {}, facts);
  return {find(kind, table)->build(table, reader, facts), std::string(kind_name(kind))};
}

}  // namespace r50::test
