#include "config/document.h"

#include <string>
#include <unordered_map>

#include "r50/schema.h"

namespace r50::config {

namespace {

bool names_another_plugin(const Table& base, const Table& later) {
  const Value* before = base.find("use");
  const Value* after = later.find("use");
  return before && after && *before != *after;
}

}  // namespace

void merge(Value& base, const Value& later, UseRule rule) {
  const bool replaces =
      rule == UseRule::replaces_table && later.table() && later.table()->find("use");
  if (!base.table() || !later.table() || replaces) {
    base = later;
    return;
  }
  base.set_spot(later.spot());
  Table& table = *base.table();
  if (names_another_plugin(table, *later.table())) {
    std::erase_if(table.entries(), [](const Table::Entry& e) { return !is_host_key(e.key); });
  }
  // Looking up walks: with an index, two large tables merge in linear time.
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < table.size(); ++i) places.emplace(table.entries()[i].key, i);
  for (const Table::Entry& entry : later.table()->entries()) {
    const auto place = places.find(entry.key);
    if (place == places.end()) {
      table.entries().push_back(entry);
    } else {
      Table::Entry& old = table.entries()[place->second];
      merge(old.value, entry.value, rule);
      old.key_spot = entry.key_spot;
    }
  }
}

}  // namespace r50::config
