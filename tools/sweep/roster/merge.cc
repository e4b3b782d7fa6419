#include "sweep/roster/merge.h"

#include <map>
#include <utility>

#include "base/hash.h"
#include "config/toml_source.h"

namespace r50::sweep {
namespace {

const Array& averages_of(const Value& experiment) {
  static const Array none;
  const Table* const table = experiment.table();
  const Value* const found = table ? table->find("averaging") : nullptr;
  return found && found->array() ? *found->array() : none;
}

std::string name_of(const Table& average) {
  for (const char* key : {"name", "use"}) {
    const Value* const found = average.find(key);
    if (found && found->text()) return *found->text();
  }
  return "";
}

}  // namespace

MergedAverages merge_averages(const std::vector<Value>& experiments) {
  MergedAverages merged;
  std::map<std::string, std::string> names;  // in the run, by all that an average is
  for (const Value& experiment : experiments) {
    std::vector<SetName>& sets = merged.sets.emplace_back();
    for (const Value& value : averages_of(experiment)) {
      Table average = *value.table();
      const std::string own = name_of(average);
      average.erase("name");
      const std::string what = Value(average).toml();
      const auto [known, is_new] = names.try_emplace(what, own + "_" + base::short_id(what));
      sets.push_back({own, known->second});
      if (!is_new) continue;
      average.set("name", Value(known->second));
      merged.averaging.emplace_back(std::move(average));
    }
  }
  return merged;
}

std::string outside_averages(const Value& experiment) {
  Value kept = experiment;
  if (!kept.table()) return "";
  kept.table()->erase("averaging");
  if (Value* const run = kept.table()->find("run"); run && run->table()) {
    for (const char* key : {"name", "folder"}) run->table()->erase(key);
  }
  return kept.toml();
}

std::string outside_averages(const std::string& resolved) {
  Problems ignored;
  const auto experiment = config::parse_toml_value(resolved, {}, ignored);
  return experiment ? outside_averages(*experiment) : "";
}

}  // namespace r50::sweep
