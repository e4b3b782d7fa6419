#include "config/identity.h"

#include <algorithm>

#include "base/hash.h"

namespace r50::config {

namespace {

void drop(Value& experiment, const std::string& table, const std::string& key) {
  if (Value* inside = experiment.table()->find(table)) inside->table()->erase(key);
}

// The order in which a schema declares its keys is no part of an experiment.
Value sorted(const Value& value) {
  if (const Table* table = value.table()) {
    Table out = *table;
    std::sort(out.entries().begin(), out.entries().end(),
              [](const Table::Entry& a, const Table::Entry& b) { return a.key < b.key; });
    for (Table::Entry& entry : out.entries()) entry.value = sorted(entry.value);
    return out;
  }
  if (const Array* array = value.array()) {
    Array out;
    for (const Value& item : *array) out.push_back(sorted(item));
    return out;
  }
  return value;
}

// Without what no training depends on.
Value counted(const Experiment& experiment, IdRule rule) {
  Value kept = rule == IdRule::now ? experiment.counted : experiment.counted_formerly;
  for (const char* table : {"logger", "checkpoint", "plugins"}) kept.table()->erase(table);
  for (const char* key : {"name", "threads", "folder", "keep_memory"}) drop(kept, "run", key);
  for (const char* key : {"threads", "ring"}) drop(kept, "data", key);
  return kept;
}

using Leaves = std::vector<std::pair<std::string, std::string>>;

void collect(const Value& value, const std::string& path, Leaves& leaves) {
  const auto inside = [&](const std::string& key) { return path.empty() ? key : path + "." + key; };
  const Array* array = value.array();
  if (const Table* table = value.table()) {
    for (const Table::Entry& entry : table->entries()) {
      collect(entry.value, inside(entry.key), leaves);
    }
  } else if (array && !array->empty() && array->front().table()) {
    for (std::size_t i = 0; i < array->size(); ++i) {
      collect((*array)[i], inside(std::to_string(i)), leaves);
    }
  } else if (!array || !array->empty()) {
    leaves.emplace_back(path, value.toml());
  }
}

const std::string* find(const Leaves& leaves, const std::string& key) {
  const auto found = std::find_if(leaves.begin(), leaves.end(),
                                  [&](const auto& leaf) { return leaf.first == key; });
  return found == leaves.end() ? nullptr : &found->second;
}

}  // namespace

std::string experiment_id(const Experiment& experiment, IdRule rule) {
  Value run = counted(experiment, rule);
  run.table()->erase("find_lr");
  return base::short_id(sorted(run).toml());
}

std::string find_lr_id(const Experiment& experiment, IdRule rule) {
  Value sweep = counted(experiment, rule);
  for (const char* table : {"scheduler", "averaging", "evaluate"}) sweep.table()->erase(table);
  drop(sweep, "run", "log_every");
  return base::short_id(sorted(sweep).toml());
}

std::string id_in_use(base::Files& files, const std::string& folders, const std::string& now,
                      const std::string& former) {
  return former != now && files.exists(folders + former) ? former : now;
}

std::string branch_suffix(const std::string& checkpoint_content) {
  return "-" + base::short_id(checkpoint_content);
}

std::vector<Difference> differences(const Value& from, const Value& to) {
  Leaves before, after;
  collect(from, "", before);
  collect(to, "", after);
  std::vector<Difference> found;
  for (const auto& [key, text] : before) {
    const std::string* other = find(after, key);
    if (!other || *other != text) found.push_back({key, text, other ? *other : ""});
  }
  for (const auto& [key, text] : after) {
    if (!find(before, key)) found.push_back({key, "", text});
  }
  return found;
}

}  // namespace r50::config
