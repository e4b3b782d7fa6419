#pragma once

// The core's own tables, declared by the same schemas as those of plugins.

#include "config/experiment.h"

namespace r50::config {

const Schema<RunTable>& run_schema();
const Schema<DataTable>& data_schema();
const Schema<EvaluateTable>& evaluate_schema();
const Schema<CheckpointTable>& checkpoint_schema();
const Schema<FindLrTable>& find_lr_schema();
const Schema<PluginsTable>& plugins_schema();

// All tables an experiment may have, in the order in which people write them.
struct TopTable {
  std::string key;
  const AnySchema* schema = nullptr;  // null: of a plugin
  Kind kind{};                        // of the plugin
  bool list = false;                  // [[key]]
  bool needed = false;
};
const std::vector<TopTable>& top_tables();

}  // namespace r50::config
