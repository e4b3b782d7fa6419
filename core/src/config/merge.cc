#include "config/merge.h"

#include "r50/schema.h"

namespace r50::config {

namespace {

bool names_another_plugin(const Table& base, const Table& later) {
  const Value* before = base.find("use");
  const Value* after = later.find("use");
  return before && after && *before != *after;
}

}  // namespace

void merge(Value& base, const Value& later) {
  if (!base.table() || !later.table()) {
    base = later;
    return;
  }
  base.set_spot(later.spot());
  Table& table = *base.table();
  if (names_another_plugin(table, *later.table())) {
    std::erase_if(table.entries(), [](const Table::Entry& e) { return !is_host_key(e.key); });
  }
  for (const Table::Entry& entry : later.table()->entries()) {
    if (Value* old = table.find(entry.key)) {
      Value merged = std::move(*old);
      merge(merged, entry.value);
      table.set(entry.key, std::move(merged), entry.key_spot);
    } else {
      table.entries().push_back(entry);
    }
  }
}

}  // namespace r50::config
