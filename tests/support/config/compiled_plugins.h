#pragma once

#include <string>
#include <vector>

#include "r50/plugin.h"

namespace r50::test {

// A source of plugins that are compiled into the program: what the host is to a run.
class CompiledPlugins final : public PluginSource, public Registrar {
 public:
  void add(PluginEntry entry) override { entries_.push_back(std::move(entry)); }
  using Registrar::add;

  // For plugins that are only ever asked for their schema.
  template <class Config>
  void add_schema(Kind kind, std::string name, Schema<Config> schema) {
    refuse_host_keys(schema.info());
    add({kind, std::move(name), std::make_shared<const Schema<Config>>(std::move(schema)), {}});
  }

  const AnySchema* schema(Kind kind, const Value& table, Problems& problems) override;
  std::pair<std::shared_ptr<Plugin>, std::string> build(Kind kind, const Value& table,
                                                        const void* facts) override;
  const std::vector<PluginEntry>& entries() const { return entries_; }

 private:
  const PluginEntry* find(Kind kind, const Value& table) const;
  std::vector<PluginEntry> entries_;
};

}  // namespace r50::test
