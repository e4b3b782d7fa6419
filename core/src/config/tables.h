#pragma once

// The core's own tables, declared by the same schemas as those of plugins.

#include <string>
#include <string_view>
#include <vector>

#include "config/document.h"
#include "config/experiment.h"
#include "config/identity.h"

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

// What a checked document holds: every key, normalised. `name` is the run's. For reading, what its
// paths count as is noted in `document`.
enum class ResolvedFor { reading, id, former_id };
Value resolve_experiment(Document& document, const std::string& name, PluginSource& plugins,
                         ResolvedFor purpose);

// Whether a key that holds its default counts in an ID: the keys that there were when that became a
// rule. `table` is "run", "run.conv", "scheduler cosine"; "" for the tables themselves.
bool default_counts(std::string_view table, std::string_view key, IdRule rule);

}  // namespace r50::config
